import { useEffect, useState } from 'preact/hooks';
import type { Track } from '../tracks/model.ts';
import { swells } from '../waveform/swell.tsx';

interface CoverProps {
  readonly track: Pick<Track, 'id' | 'urls'> | null;
  readonly eager?: boolean;
}

/** The cover, or a sea of the track's own where the file brought none. */
export function Cover({ track, eager = false }: CoverProps) {
  const address = track?.urls.cover ?? null;
  const [broken, setBroken] = useState(false);
  useEffect(() => setBroken(false), [address]);
  return (
    <span class="cover">
      {address && !broken ? (
        <img
          src={address}
          alt=""
          loading={eager ? 'eager' : 'lazy'}
          decoding="async"
          width="96"
          height="96"
          onError={() => setBroken(true)}
        />
      ) : (
        <OwnSea seed={track?.id ?? ''} />
      )}
    </span>
  );
}

/** Three swells whose size and shift come from the id: two tracks rarely look alike. */
function OwnSea({ seed }: { readonly seed: string }) {
  const dice = scattered(seed);
  const rows = [30, 52, 74].map((middle, index) => {
    const length = 54 + (dice[index] ?? 0) * 46;
    const height = 10 + (dice[index + 3] ?? 0) * 18;
    const shift = (dice[index + 6] ?? 0) * length;
    return `${swells(4, length, middle, height, shift)}V100H-100Z`;
  });
  return (
    <svg
      viewBox="0 0 100 100"
      class={`own-sea tint-${Math.floor((dice[9] ?? 0) * 4)}`}
      aria-hidden="true"
    >
      {rows.map((row, index) => (
        <path key={middleKey(index)} class={`depth-${index}`} d={row} />
      ))}
    </svg>
  );
}

const middleKey = (index: number): string => `depth-${index}`;

/** Ten numbers in 0..1 that a text always gives again (FNV-1a, stepped). */
function scattered(text: string): number[] {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return Array.from({ length: 10 }, () => {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
  });
}
