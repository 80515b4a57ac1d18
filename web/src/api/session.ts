import { computed, signal } from '@preact/signals';
import { keep, kept } from '../parts/kept.ts';
import { Problem } from './problem.ts';
import { jsonBody, send } from './send.ts';

/**
 * Who is signed in. The refresh token lives in a cookie that scripts cannot read; the access token
 * lives in this module and nowhere else, so that a reload asks for a new one.
 */

export interface User {
  readonly id: string;
  readonly username: string;
  readonly role: string;
}

interface Grant {
  access_token: string;
  expires_in: number;
}

interface Access {
  readonly token: string;
  readonly expires: number;
}

export type SessionState = 'starting' | 'guest' | 'signed-in' | 'unreachable';

const AUTH = '/api/v1/auth';
/** A token this near its end may run out while the request travels. */
const MARGIN_MS = 30_000;

export const user = signal<User | null>(null);
export const sessionState = signal<SessionState>('starting');
/** Why the session of an earlier visit could not be restored, and is not given up either. */
export const restoreFailure = signal<unknown>(null);
/** True once a session ended by itself, which is worth a sentence. */
export const sessionEnded = signal(false);
export const signedIn = computed(() => sessionState.value === 'signed-in');
export const isAdmin = computed(() => signedIn.value && user.value?.role === 'admin');

let access: Access | null = null;
let renewing: Promise<Access | null> | null = null;

type Notice = { kind: 'token'; access: Access } | { kind: 'signed-out' } | { kind: 'signed-in' };
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('houle.session') : null;

tabs?.addEventListener('message', (event: MessageEvent<Notice>) => {
  const notice = event.data;
  if (notice.kind === 'token') access = notice.access;
  else if (notice.kind === 'signed-out') forget();
  else if (!signedIn.value) void start();
});
window.addEventListener('online', () => {
  if (sessionState.value === 'unreachable') void start();
});

/** Restore the session of an earlier visit, silently. */
export async function start(): Promise<void> {
  // Without this mark nobody was signed in here, and asking would only earn a 401.
  if (kept('signed-in') === null) return forget();
  sessionState.value = 'starting';
  try {
    if ((await renew()) === null) return forget();
    await meet();
  } catch (error) {
    restoreFailure.value = error;
    sessionState.value = 'unreachable';
  }
}

export async function signIn(username: string, password: string, remember: boolean): Promise<void> {
  const answer = await send(`${AUTH}/login`, {
    method: 'POST',
    ...jsonBody({ username, password, remember, cookie: true }),
  });
  take((await answer.json()) as Grant);
  keep('signed-in', '1');
  await meet();
  tabs?.postMessage({ kind: 'signed-in' } satisfies Notice);
}

export async function register(username: string, email: string, password: string): Promise<void> {
  await send(`${AUTH}/register`, { method: 'POST', ...jsonBody({ username, email, password }) });
  await signIn(username, password, false);
}

export async function signOut(): Promise<void> {
  const bearer: HeadersInit = access ? { Authorization: `Bearer ${access.token}` } : {};
  forget();
  tabs?.postMessage({ kind: 'signed-out' } satisfies Notice);
  await send(`${AUTH}/logout`, { method: 'POST', headers: bearer }).catch(() => undefined);
}

/** An access token that lasts a moment yet, or null for a guest. */
export async function accessToken(): Promise<string | null> {
  if (fresh(access)) return access.token;
  if (access === null && kept('signed-in') === null) return null;
  return (await renew())?.token ?? null;
}

/** Get another token after the server refused `spent`; null when the session is over. */
export async function accessTokenAfter(spent: string): Promise<string | null> {
  if (access?.token === spent) access = null;
  const renewed = await renew();
  if (renewed === null && signedIn.value) {
    forget();
    sessionEnded.value = true;
  }
  return renewed?.token ?? null;
}

function renew(): Promise<Access | null> {
  renewing ??= renewOnce().finally(() => {
    renewing = null;
  });
  return renewing;
}

/**
 * Refresh tokens serve once, and all tabs share the cookie: one tab renews at a time, and the
 * others take what it got. Pages on plain HTTP have no locks; there the server's grace helps.
 */
function renewOnce(): Promise<Access | null> {
  const locks: LockManager | undefined = navigator.locks;
  if (!locks) return exchange();
  return locks.request('houle.session', async () => (fresh(access) ? access : await exchange()));
}

async function exchange(): Promise<Access | null> {
  try {
    const answer = await send(`${AUTH}/refresh`, { method: 'POST' });
    return take((await answer.json()) as Grant);
  } catch (error) {
    if (error instanceof Problem && error.status < 500 && error.status !== 429) return null;
    throw error;
  }
}

function take(grant: Grant): Access {
  access = { token: grant.access_token, expires: Date.now() + grant.expires_in * 1000 };
  tabs?.postMessage({ kind: 'token', access } satisfies Notice);
  return access;
}

async function meet(): Promise<void> {
  const answer = await send('/api/v1/users/me', {
    headers: { Authorization: `Bearer ${access?.token ?? ''}` },
  });
  user.value = (await answer.json()) as User;
  sessionEnded.value = false;
  sessionState.value = 'signed-in';
}

/** Be a guest from here on; the server is not told. */
export function forget(): void {
  access = null;
  keep('signed-in', null);
  user.value = null;
  sessionState.value = 'guest';
}

function fresh(held: Access | null): held is Access {
  return held !== null && held.expires - MARGIN_MS > Date.now();
}
