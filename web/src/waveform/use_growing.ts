import { useMemo } from 'preact/hooks';
import type { Track } from '../tracks/model.ts';
import type { Watching } from '../tracks/watching.ts';
import { maximum, raised, resampled } from './shape.ts';
import { useShape } from './use_shape.ts';

export interface Drawn {
  readonly shape: Float32Array;
  /** How much of the width it covers. */
  readonly part: number;
}

/** A header may not tell the length; until something does, what was heard fills this much. */
const UNKNOWN_PART = 0.75;
/** The first quiet seconds must not stand as tall as a climax to come. */
const LEAST_PEAK = 0.35;

/** The measured waveform of a track or, while it is on its way, as much as was heard of it. */
export function useGrowing(
  track: Track | null,
  watching: Watching | undefined,
  points: number,
): Drawn {
  const measured = useShape(track, 'full', points);
  const grown = watching?.grown.value ?? 0;
  const seconds = (track?.duration_ms ?? 0) / 1000;
  return useMemo(() => {
    if (measured.length > 0 || !watching || grown === 0) return { shape: measured, part: 1 };
    const part = seconds > 0 ? Math.min(1, watching.waveform.seconds / seconds) : UNKNOWN_PART;
    const heard = resampled(watching.waveform.heard(), Math.max(1, Math.round(points * part)));
    return { shape: raised(heard, Math.max(LEAST_PEAK, maximum(heard))), part };
  }, [measured, grown, seconds, points]);
}
