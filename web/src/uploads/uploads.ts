import { computed, type Signal, signal } from '@preact/signals';
import { Slots } from '../parts/slots.ts';
import { deleteTrack } from '../tracks/calls.ts';
import { forgetTrack, known, meet } from '../tracks/known.ts';
import type { Details, Track } from '../tracks/model.ts';
import { unwatch, type Watching, watch } from '../tracks/watching.ts';
import { saveTyped } from './details.ts';
import { SpeedMeter } from './speed_meter.ts';
import { transfer } from './transfer.ts';

/** A file on its way from the disk to the library. */
export interface Upload {
  readonly key: number;
  readonly file: File;
  readonly phase: Signal<Phase>;
  readonly sent: Signal<number>;
  readonly speed: Signal<number | null>;
  readonly tookMs: Signal<number | null>;
  readonly failure: Signal<unknown>;
  readonly trackId: Signal<string | null>;
  readonly watching: Signal<Watching | null>;
  /** What the person typed; it wins over the tags of the file. */
  readonly typed: Signal<Partial<Details>>;
  readonly saving: Signal<Saving>;
  abort: AbortController;
}

export type Saving = 'nothing' | 'saving' | 'saved' | 'failed';
export type Phase = 'waiting' | 'sending' | 'arrived' | 'failed';

export const uploads = signal<readonly Upload[]>([]);
export const inFlight = computed(() =>
  uploads.value.filter(({ phase }) => phase.value === 'sending' || phase.value === 'waiting'),
);

/** Called with each track that arrives, so that lists can show it. */
export const arrivals = signal<Track | null>(null);

const PROGRESS_EVERY_MS = 100;
const lanes = new Slots(2);
let keys = 0;

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

function newUpload(file: File): Upload {
  keys += 1;
  return {
    key: keys,
    file,
    phase: signal<Phase>('waiting'),
    sent: signal(0),
    speed: signal<number | null>(null),
    tookMs: signal<number | null>(null),
    failure: signal<unknown>(null),
    trackId: signal<string | null>(null),
    watching: signal<Watching | null>(null),
    typed: signal<Partial<Details>>({}),
    saving: signal<Saving>('nothing'),
    abort: new AbortController(),
  };
}

/** The browser asks before the page goes, only while bytes would be lost. */
window.addEventListener('beforeunload', (event) => {
  if (uploads.peek().some(({ phase }) => phase.peek() === 'sending')) event.preventDefault();
});
