import { Problem } from './problem.ts';
import { send } from './send.ts';
import { accessToken, accessTokenAfter } from './session.ts';

/** A request in the name of whoever is signed in; a stale token is renewed once, unseen. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const token = await accessToken();
  try {
    return await send(path, withToken(init, token));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401 || token === null) throw error;
    const next = await accessTokenAfter(token);
    if (next === null) throw error;
    return send(path, withToken(init, next));
  }
}

function withToken(init: RequestInit, token: string | null): RequestInit {
  if (token === null) return init;
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Bearer ${token}`);
  return { ...init, headers };
}
