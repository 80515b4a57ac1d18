import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Track } from '../tracks/model.ts';
import { picture } from './shape.ts';
import { type Detail, storedSwings } from './stored.ts';

const none = new Float32Array(0);

/** The picture of a measured track; empty until it came. Pass null where it is not wanted yet. */
export function useShape(track: Track | null, detail: Detail, points: number): Float32Array {
  const measured = track?.loudness && track.state !== 'failed' ? track : null; // peaks come with it
  const [swings, setSwings] = useState<Float32Array | null>(null);
  const id = measured?.id;
  useEffect(() => {
    setSwings(null);
    if (!measured) return;
    let asked = true;
    storedSwings(measured, detail).then(
      (found) => asked && setSwings(found),
      () => undefined, // a track without its picture still plays
    );
    return () => {
      asked = false;
    };
  }, [id, detail]);
  return useMemo(() => (swings ? picture(swings, points) : none), [swings, points]);
}
