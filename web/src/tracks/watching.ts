import { type Signal, signal } from '@preact/signals';
import { serverEvents } from '../api/event_stream.ts';
import { here } from '../api/here.ts';
import { Problem } from '../api/problem.ts';
import { request } from '../api/request.ts';
import { Slots } from '../parts/slots.ts';
import { GrowingWaveform, type PeaksEvent } from '../waveform/growing.ts';
import { getTrack } from './calls.ts';
import { known, meet } from './known.ts';
import { type Track, unsettled } from './model.ts';
import { departure, type Journey, type StateEvent, travel } from './stages.ts';

/** A track on its way, followed by its event stream until no work on it goes on. */
export interface Watching {
  readonly journey: Signal<Journey>;
  readonly playable: Signal<boolean>;
  readonly waveform: GrowingWaveform;
  /** Counts pieces of waveform, one frame at a time; reading it subscribes to the growth. */
  readonly grown: Signal<number>;
}

const streams = new Slots(2);
const RETRY_MS = 2_000;
const QUEUED_POLL_MS = 5_000;

const watched = new Map<string, Watching>();
const stops = new Map<string, AbortController>();

export const watchingOf = (id: string): Watching | undefined => watched.get(id);

/** Follow a track, once at a time, however often asked. */
export function watch(id: string): Watching {
  const watching = watched.get(id) ?? {
    journey: signal(departure),
    playable: signal(known(id)?.peek().playable ?? false),
    waveform: new GrowingWaveform(),
    grown: signal(0),
  };
  watched.set(id, watching);
  if (stops.has(id)) return watching;
  const stop = new AbortController();
  stops.set(id, stop);
  void follow(id, watching, stop.signal).finally(() => {
    if (stops.get(id) === stop) stops.delete(id);
  });
  return watching;
}

export function unwatch(id: string): void {
  stops.get(id)?.abort();
  watched.delete(id);
}

async function follow(id: string, watching: Watching, stop: AbortSignal): Promise<void> {
  const poll = setInterval(() => void refresh(id), QUEUED_POLL_MS);
  const leave = await streams.take(stop).catch(() => null);
  clearInterval(poll);
  if (!leave) return;
  try {
    await untilSettled(id, watching, stop);
  } finally {
    leave();
  }
}

async function untilSettled(id: string, watching: Watching, stop: AbortSignal): Promise<void> {
  while (!stop.aborted && !settled(id, watching)) {
    try {
      await read(id, watching, stop);
      if (settled(id, watching)) break;
    } catch (error) {
      if (error instanceof Problem && error.status < 500 && error.status !== 429) break;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  if (!stop.aborted) await refresh(id);
}

async function read(id: string, watching: Watching, stop: AbortSignal): Promise<void> {
  const plain = `/api/v1/tracks/${encodeURIComponent(id)}/events`;
  const address = here(known(id)?.peek().urls.events ?? plain);
  const ask = (signal: AbortSignal) =>
    request(address, { headers: { Accept: 'text/event-stream' }, signal });
  for await (const event of serverEvents(ask, stop)) {
    const data: unknown = JSON.parse(event.data);
    if (event.name === 'state') hear(id, watching, data as StateEvent);
    else if (event.name === 'peaks') grow(watching, data as PeaksEvent);
    else if (event.name === 'track') meet(data as Track);
  }
}

function hear(id: string, watching: Watching, state: StateEvent): void {
  watching.journey.value = travel(watching.journey.peek(), state);
  if (state.playable) watching.playable.value = true;
  const track = known(id)?.peek();
  // A state may overtake the facts that go with it, such as the address of a new revision.
  if (track && (track.revision < state.revision || track.playable !== state.playable)) {
    void refresh(id);
  }
}

function grow(watching: Watching, piece: PeaksEvent): void {
  const before = watching.waveform.length;
  watching.waveform.add(piece);
  if (before === watching.waveform.length) return;
  requestAnimationFrame(() => {
    watching.grown.value = watching.waveform.length;
  });
}

function settled(id: string, watching: Watching): boolean {
  const { point, failed } = watching.journey.peek();
  const track = known(id)?.peek();
  return failed || (track ? !unsettled(track) : point === 'ready');
}

const refreshing = new Set<string>();

/** Read the track itself; its events may have been missed. */
async function refresh(id: string): Promise<void> {
  if (refreshing.has(id)) return;
  refreshing.add(id);
  try {
    meet((await getTrack(id)).track);
  } catch {
    // The next event or poll tells more.
  } finally {
    refreshing.delete(id);
  }
}
