import { here } from '../api/here.ts';
import { request } from '../api/request.ts';
import { Recent } from '../parts/recent.ts';
import { Slots } from '../parts/slots.ts';
import type { Track } from '../tracks/model.ts';
import { type AudiowaveformJson, amplitudes } from './shape.ts';

export type Detail = 'row' | 'full';

/** Pixels to ask for: a few for each point drawn, so that their mean says something. */
const PIXELS: Readonly<Record<Detail, number>> = { row: 384, full: 2048 };

const shapes = new Recent<Promise<Float32Array>>(400);
const downloads = new Slots(3);

/** The measured swings of a track; asked for once, kept while in use. */
export function storedSwings(
  track: Pick<Track, 'id' | 'urls'>,
  detail: Detail,
): Promise<Float32Array> {
  const key = `${track.id} ${detail}`;
  const held = shapes.get(key);
  if (held) return held;
  const asked = download(addressOf(track, PIXELS[detail]));
  shapes.set(key, asked);
  asked.catch(() => shapes.delete(key));
  return asked;
}

async function download(address: string): Promise<Float32Array> {
  const leave = await downloads.take(AbortSignal.timeout(60_000));
  try {
    const response = await request(address);
    return amplitudes((await response.json()) as AudiowaveformJson);
  } finally {
    leave();
  }
}

function addressOf(track: Pick<Track, 'id' | 'urls'>, width: number): string {
  const plain = `/api/v1/tracks/${encodeURIComponent(track.id)}/waveform.json`;
  const address = new URL(track.urls.waveform ?? plain, location.href);
  address.searchParams.set('width', String(width));
  return here(address.href);
}
