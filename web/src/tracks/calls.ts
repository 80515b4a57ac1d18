import { request } from '../api/request.ts';
import { jsonBody } from '../api/send.ts';
import type { Track, TrackChange } from './model.ts';

export interface TrackPage {
  readonly items: readonly Track[];
  readonly next_cursor: string | null;
}

/** A track with the version tag that a change of it must name. */
export interface Versioned {
  readonly track: Track;
  readonly etag: string | null;
}

const TRACKS = '/api/v1/tracks';
const at = (id: string): string => `${TRACKS}/${encodeURIComponent(id)}`;

export async function listTracks(cursor: string | null, limit: number): Promise<TrackPage> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor) query.set('cursor', cursor);
  return (await (await request(`${TRACKS}?${query}`)).json()) as TrackPage;
}

export async function getTrack(id: string): Promise<Versioned> {
  return versioned(await request(at(id)));
}

export async function patchTrack(
  id: string,
  change: TrackChange,
  etag: string | null,
): Promise<Versioned> {
  const { body, headers } = jsonBody(change);
  return versioned(
    await request(at(id), {
      method: 'PATCH',
      body: body ?? null,
      headers: { ...headers, ...(etag ? { 'If-Match': etag } : {}) } as HeadersInit,
    }),
  );
}

export async function deleteTrack(id: string): Promise<void> {
  await request(at(id), { method: 'DELETE' });
}

async function versioned(response: Response): Promise<Versioned> {
  return { track: (await response.json()) as Track, etag: response.headers.get('ETag') };
}
