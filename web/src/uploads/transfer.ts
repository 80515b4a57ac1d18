import { Problem, problemOf, Unreachable } from '../api/problem.ts';
import { accessToken } from '../api/session.ts';
import { getTrack } from '../tracks/calls.ts';
import type { Track } from '../tracks/model.ts';

/** The file could not be read: moved, changed or its disk taken out since it was chosen. */
export class Unreadable extends Error {}

/** The server may answer with the whole track, or with its id alone. */
type Answer = Track | Pick<Track, 'id'>;

interface Transfer {
  readonly file: File;
  readonly signal: AbortSignal;
  progress(sent: number): void;
}

/** Send a file. XMLHttpRequest, since fetch tells nothing of what has been sent. */
export async function transfer(order: Transfer): Promise<Track> {
  await readable(order.file);
  const answer = await sent(order);
  return 'urls' in answer ? answer : (await getTrack(answer.id)).track;
}

async function sent({ file, signal, progress }: Transfer): Promise<Answer> {
  const token = await accessToken();
  if (signal.aborted) throw signal.reason;
  const form = new FormData();
  form.set('file', file, file.name);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open('POST', '/api/v1/tracks');
    if (token) sending.setRequestHeader('Authorization', `Bearer ${token}`);
    sending.upload.onprogress = (event) => progress(fileBytes(event, file));
    sending.onload = () =>
      sending.status < 300 ? accept(sending, resolve, reject) : reject(refusal(sending));
    sending.onerror = () => reject(new Unreachable());
    sending.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => sending.abort(), { once: true });
    sending.send(form);
  });
}

function accept(
  sending: XMLHttpRequest,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
) {
  try {
    resolve(JSON.parse(sending.responseText) as Answer);
  } catch {
    reject(new Problem(sending.status));
  }
}

const refusal = (sending: XMLHttpRequest): Problem =>
  problemOf(sending.status, sending.responseText, sending.getResponseHeader('Retry-After'));

/** The form around the file counts as sent too; nobody wants to see 101 %. */
function fileBytes(event: ProgressEvent, file: File): number {
  return Math.max(0, Math.min(file.size, event.loaded - (event.total - file.size)));
}

/** A file that is gone would end as a broken connection, which would be the wrong advice. */
async function readable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Unreadable(file.name);
  }
}
