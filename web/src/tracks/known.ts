import { type Signal, signal } from '@preact/signals';
import type { Track } from './model.ts';

/**
 * Every track the page has met, one signal each: a fact that arrives by any way (list, event
 * stream, answer to a change) shows everywhere at once.
 */
const met = new Map<string, Signal<Track>>();

export function meet(track: Track): Signal<Track> {
  const found = met.get(track.id);
  if (!found) {
    const made = signal(track);
    met.set(track.id, made);
    return made;
  }
  if (newer(track, found.peek())) found.value = track;
  return found;
}

export const known = (id: string): Signal<Track> | undefined => met.get(id);

export function forgetTrack(id: string): void {
  met.delete(id);
}

/** A slow answer must not undo a fast event. */
function newer(track: Track, held: Track): boolean {
  return track.revision >= held.revision && track.updated_at >= held.updated_at;
}
