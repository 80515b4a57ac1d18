import { computed, signal } from '@preact/signals';
import { Slots } from '../parts/slots.ts';
import { deleteTrack } from '../tracks/calls.ts';
import { forgetTrack, known, meet } from '../tracks/known.ts';
import type { Track } from '../tracks/model.ts';
import { unwatch, watch } from '../tracks/watching.ts';
import { saveTyped } from './details.ts';
import { SpeedMeter } from './speed_meter.ts';
import { transfer } from './transfer.ts';
import { newUpload, type Upload } from './upload.ts';

export const uploads = signal<readonly Upload[]>([]);
export const inFlight = computed(() =>
  uploads.value.filter(({ phase }) => phase.value === 'sending' || phase.value === 'waiting'),
);

/** Called with each track that arrives, so that lists can show it. */
export const arrivals = signal<Track | null>(null);

const PROGRESS_EVERY_MS = 100;
const lanes = new Slots(2);

export function uploadFiles(files: Iterable<File>): void {
  const added = [...files].map(newUpload);
  uploads.value = [...added, ...uploads.value];
  for (const upload of added) void run(upload);
}

/** Stop sending, or take the card away. */
export function dismiss(upload: Upload): void {
  upload.abort.abort(new DOMException('cancelled', 'AbortError'));
  uploads.value = uploads.value.filter((other) => other !== upload);
}

export function dismissFinished(): void {
  uploads.value = uploads.value.filter((upload) => !isReady(upload));
}

export function isReady(upload: Upload): boolean {
  const id = upload.trackId.value;
  return id !== null && known(id)?.value.state === 'ready';
}

/** Why it ended badly: the transfer, or what the server found in the file. */
export function refusedTrack(upload: Upload): Track | null {
  const id = upload.trackId.value;
  const track = id === null ? null : (known(id)?.value ?? null);
  return track?.state === 'failed' ? track : null;
}

/** Send the file once more; what is left of the first try goes. */
export function retryUpload(upload: Upload): void {
  const id = upload.trackId.value;
  if (id !== null) void discard(id);
  upload.abort = new AbortController();
  upload.sent.value = 0;
  upload.speed.value = null;
  upload.failure.value = null;
  upload.trackId.value = null;
  upload.watching.value = null;
  upload.phase.value = 'waiting';
  void run(upload);
}

async function discard(id: string): Promise<void> {
  unwatch(id);
  await deleteTrack(id).catch(() => undefined); // a failed track that stays shows in the library
  forgetTrack(id);
}

async function run(upload: Upload): Promise<void> {
  const { signal } = upload.abort;
  const leave = await lanes.take(signal).catch(() => null);
  if (!leave) return;
  try {
    arrive(upload, await send(upload, signal));
  } catch (error) {
    if (signal.aborted) return;
    upload.failure.value = error;
    upload.phase.value = 'failed';
  } finally {
    leave();
  }
}

async function send(upload: Upload, signal: AbortSignal): Promise<Track> {
  const meter = new SpeedMeter();
  const began = performance.now();
  let shown = 0;
  upload.phase.value = 'sending';
  meter.note(0, began);
  const progress = (sent: number) => {
    const now = performance.now();
    meter.note(sent, now);
    if (now - shown < PROGRESS_EVERY_MS && sent < upload.file.size) return;
    shown = now;
    upload.sent.value = sent;
    upload.speed.value = meter.bytesPerSecond;
    upload.tookMs.value = now - began;
  };
  const track = await transfer({ file: upload.file, signal, progress });
  upload.tookMs.value = performance.now() - began;
  return track;
}

function arrive(upload: Upload, track: Track): void {
  meet(track);
  upload.sent.value = upload.file.size;
  upload.trackId.value = track.id;
  upload.watching.value = watch(track.id);
  upload.phase.value = 'arrived';
  arrivals.value = track;
  void saveTyped(upload);
}

/** The browser asks before the page goes, only while bytes would be lost. */
window.addEventListener('beforeunload', (event) => {
  if (uploads.peek().some(({ phase }) => phase.peek() === 'sending')) event.preventDefault();
});
