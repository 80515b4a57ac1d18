/** A track as the server shows it. */

export type Visibility = 'public' | 'unlisted' | 'private';
export const visibilities: readonly Visibility[] = ['public', 'unlisted', 'private'];

export type TrackState = 'uploading' | 'processing' | 'ready' | 'failed';

export interface Loudness {
  readonly integrated_lufs: number | null;
  readonly range_lu: number | null;
  readonly true_peak_dbtp: number | null;
  readonly momentary_max_lufs: number | null;
  readonly short_term_max_lufs: number | null;
  readonly gain_db: number | null;
  readonly limited_by_peak?: boolean | null;
}

export interface Rendition {
  readonly rung: string;
  readonly revision: number;
  readonly codec: string;
  readonly sample_rate: number;
  readonly channels: number;
  readonly bits?: number | null;
  readonly bit_rate: number | null;
  readonly segments: number | null;
  readonly made: number | null;
  readonly bytes: number | null;
  readonly peak_bandwidth: number | null;
  readonly average_bandwidth: number | null;
  readonly finished: boolean;
}

export interface TrackUrls {
  readonly hls: string | null;
  readonly lossless?: string | null;
  readonly waveform?: string | null;
  readonly download?: string | null;
  readonly cover?: string | null;
  readonly events?: string | null;
}

export interface TrackFault {
  readonly code: string;
  readonly message: string;
}

export interface Track {
  readonly id: string;
  readonly state: TrackState;
  readonly stage?: string | null;
  readonly playable: boolean;
  readonly revision: number;
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly file_name: string | null;
  readonly visibility: Visibility;
  readonly duration_ms: number | null;
  readonly size_bytes?: number | null;
  readonly sample_rate?: number | null;
  readonly channels?: number | null;
  readonly codec?: string | null;
  readonly lossless?: boolean | null;
  readonly loudness: Loudness | null;
  readonly renditions: readonly Rendition[];
  readonly urls: TrackUrls;
  readonly error: TrackFault | string | null;
  readonly notes?: readonly string[];
  /** An earlier track of one's own with the same bytes. */
  readonly duplicate_of?: string | null;
  readonly owner: { readonly id: string; readonly username: string } | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export type Details = Pick<Track, 'title' | 'artist' | 'album'>;
export type TrackChange = Partial<Details & Pick<Track, 'visibility'>>;

/** The title, or what the file was called; a track is never nameless. */
export function nameOf(track: Pick<Track, 'title' | 'file_name'>): string {
  return track.title?.trim() || stem(track.file_name ?? '') || '—';
}

export function stem(fileName: string): string {
  return fileName.replace(/\.[^./\\]{1,5}$/, '');
}

/** Why a track failed; null while it did not. */
export function faultOf(track: Pick<Track, 'error' | 'state'>): TrackFault | null {
  if (track.state !== 'failed') return null;
  if (typeof track.error === 'string') return { code: '', message: track.error };
  return track.error ?? { code: '', message: '' };
}

/** Heard at its final level. Revision 0 is the preview before the gain is known. */
export const levelled = (track: Pick<Track, 'revision'>): boolean => track.revision > 0;

export const underway = (track: Pick<Track, 'state'>): boolean =>
  track.state === 'uploading' || track.state === 'processing';

/** Work goes on; behind `ready` too, until the last rendition is made. */
export const unsettled = (track: Pick<Track, 'state' | 'renditions'>): boolean =>
  underway(track) ||
  (track.state === 'ready' && track.renditions.some(({ finished }) => !finished));
