import { problemOf, Unreachable } from './problem.ts';

/** One request to the server; throws Problem for a refusal and Unreachable for silence. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await answered(path, init);
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  throw problemOf(response.status, text, response.headers.get('Retry-After'));
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable();
  }
}

export function jsonBody(value: unknown): RequestInit {
  return { body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } };
}
