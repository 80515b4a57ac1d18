import { effect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { HEIGHT, outline, WIDTH } from './outline.ts';

interface WaveformProps {
  readonly shape: Float32Array;
  /** How much of the width the shape covers; less than 1 while it grows. */
  readonly part?: number;
  /** The fraction played; left out where nothing plays. */
  readonly played?: ReadonlySignal<number> | undefined;
  readonly class?: string;
}

/** A picture of the sound. What it says is told by whoever shows it. */
export function Waveform({ shape, part = 1, played, class: extra = '' }: WaveformProps) {
  const drawn = useMemo(() => outline(shape, part), [shape, part]);
  const front = useRef<HTMLDivElement>(null);
  // Past the renderer: a playhead that moves with every frame is no reason to draw the page anew.
  useEffect(
    () =>
      effect(() => {
        const fraction = played?.value ?? 0;
        front.current?.style.setProperty('--played', `${(fraction * 100).toFixed(3)}%`);
      }),
    [played],
  );
  return (
    <div class={`waveform ${extra}`} aria-hidden="true">
      <Water />
      <Side drawn={drawn} />
      {played && (
        <div class="waveform-played" ref={front}>
          <Side drawn={drawn} />
        </div>
      )}
    </div>
  );
}

function Side({ drawn }: { readonly drawn: { crest: string; reflection: string } }) {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="reflection" d={drawn.reflection} />
      <path class="crest" d={drawn.crest} />
    </svg>
  );
}

const Water = () => <div class="waterline" />;
