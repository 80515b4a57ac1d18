import { Problem } from '../api/problem.ts';
import { getTrack, patchTrack } from './calls.ts';
import { meet } from './known.ts';
import type { Track, TrackChange } from './model.ts';

/** Someone else changed the same fields between reading and writing. */
export class ChangedElsewhere extends Error {}

/**
 * Change a track. Its version tag moves with every fact that arrives, so a refused tag is answered
 * by reading again; only a field that differs from what the person saw (`base`) is a conflict.
 */
export async function changeTrack(id: string, change: TrackChange, base?: Track): Promise<Track> {
  try {
    return await readAndWrite(id, change, base);
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 412 && error.status !== 428)) throw error;
    return readAndWrite(id, change, base);
  }
}

async function readAndWrite(id: string, change: TrackChange, base?: Track): Promise<Track> {
  const { track, etag } = await getTrack(id);
  meet(track);
  if (base && differs(track, base, change)) throw new ChangedElsewhere();
  const written = await patchTrack(id, change, etag);
  return meet(written.track).value;
}

function differs(now: Track, base: Track, change: TrackChange): boolean {
  const fields = Object.keys(change) as (keyof TrackChange)[];
  return fields.some((field) => now[field] !== base[field] && now[field] !== change[field]);
}
