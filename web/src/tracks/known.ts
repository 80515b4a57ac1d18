import { type Signal, signal } from '@preact/signals';
import type { Track } from './model.ts';

/**
 * Every track the page has met, one signal each: a fact that arrives by any way (list, event
 * stream, answer to a change) shows everywhere at once.
 */
const met = new Map<string, Signal<Track>>();
/** Moves with every track that is met: whoever asked for one in vain asks again. */
const meetings = signal(0);

export function meet(track: Track): Signal<Track> {
  const found = met.get(track.id);
  if (!found) {
    const made = signal(track);
    met.set(track.id, made);
    meetings.value = meetings.peek() + 1;
    return made;
  }
  if (newer(track, found.peek())) found.value = track;
  return found;
}

export function known(id: string): Signal<Track> | undefined {
  const found = met.get(id);
  if (!found) void meetings.value;
  return found;
}

export function forgetTrack(id: string): void {
  met.delete(id);
}

/** A slow answer must not undo a fast event. */
function newer(track: Track, held: Track): boolean {
  const later = Date.parse(track.updated_at) >= Date.parse(held.updated_at);
  return later && track.revision >= held.revision;
}
