/** A refusal of the server, as RFC 9457 tells it. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly detail: string;
  readonly faults: readonly Fault[];
  readonly requestId: string | null;
  readonly retryAfter: number | null;

  constructor(status: number, body: Partial<ProblemBody> = {}, retryAfter: number | null = null) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.type = (body.type ?? '').replace('urn:houle:problem:', '');
    this.detail = body.detail ?? '';
    this.faults = body.errors ?? [];
    this.requestId = body.request_id ?? null;
    this.retryAfter = retryAfter;
  }
}

/** No answer at all: the network, or a server that is down. */
export class Unreachable extends Error {
  constructor() {
    super('unreachable');
    this.name = 'Unreachable';
  }
}

export interface Fault {
  /** A JSON pointer into the body, such as `#/username`. */
  readonly pointer: string;
  readonly detail: string;
}

interface ProblemBody {
  type: string;
  title: string;
  detail: string;
  request_id: string;
  errors: Fault[];
}

export function problemOf(status: number, text: string, retryAfter: string | null): Problem {
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  return new Problem(status, parsed(text), Number.isNaN(seconds) ? null : seconds);
}

/** Proxies answer in HTML; that is no text for people. */
function parsed(text: string): Partial<ProblemBody> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Partial<ProblemBody>) : {};
  } catch {
    return {};
  }
}
