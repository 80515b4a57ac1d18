/** A parser of text/event-stream (HTML, 9.2.6), since EventSource cannot send headers. */

export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

export class EventStreamParser {
  #rest = '';
  #name = '';
  #data: string[] = [];

  /** Take a piece of the stream, cut anywhere; give the events that it completes. */
  push(piece: string): ServerEvent[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): ServerEvent[] {
    if (line === '') return this.#dispatch();
    const [field = '', value = ''] = halves(line);
    if (field === 'event') this.#name = value;
    if (field === 'data') this.#data.push(value);
    return [];
  }

  #dispatch(): ServerEvent[] {
    const event = { name: this.#name || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.#name = '';
    this.#data = [];
    return empty ? [] : [event];
  }
}

function halves(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}

/** The server pings every 15 s: three silences in a row are a connection that died unnoticed. */
const PATIENCE_MS = 45_000;

/** Ask for a stream and read events until the server ends it; throws once nothing comes. */
export async function* serverEvents(
  ask: (signal: AbortSignal) => Promise<Response>,
  stop: AbortSignal,
  patienceMs = PATIENCE_MS,
): AsyncGenerator<ServerEvent> {
  const silence = new AbortController();
  const expect = () => setTimeout(() => silence.abort(new Error('silence')), patienceMs);
  let timer = expect();
  try {
    const response = await ask(AbortSignal.any([stop, silence.signal]));
    if (!response.body) return;
    const parser = new EventStreamParser();
    for await (const piece of pieces(response.body)) {
      clearTimeout(timer);
      timer = expect();
      yield* parser.push(piece);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Safari iterates over no streams. */
async function* pieces(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
