import { computed, type ReadonlySignal, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { clock, spoken } from '../figures.ts';
import { Waveform } from '../waveform/waveform.tsx';
import { words } from '../words/index.ts';

interface ScrubberProps {
  readonly label: string;
  readonly shape: Float32Array;
  readonly part?: number;
  /** Seconds. */
  readonly position: ReadonlySignal<number>;
  readonly duration: number;
  readonly disabled?: boolean;
  readonly class?: string;
  seek(seconds: number): void;
}

const STEP = 5;
const LEAP = 30;

/** The waveform as a slider: press, drag, or arrow keys. */
export function Scrubber(props: ScrubberProps) {
  const { label, shape, part, position, duration, disabled = false, seek } = props;
  const box = useRef<HTMLDivElement>(null);
  const pointed = useSignal<number | null>(null);
  const dragging = useRef(false);
  const { played, second } = useMemo(() => progress(position, duration), [position, duration]);
  const w = words.value;
  const at = (event: PointerEvent) => fraction(event, box.current) * duration;

  return (
    <div
      ref={box}
      class={`scrubber ${props.class ?? ''}`}
      role="slider"
      tabIndex={disabled ? -1 : 0}
      aria-label={label}
      aria-disabled={disabled}
      aria-valuemin={0}
      aria-valuemax={Math.floor(duration)}
      aria-valuenow={second.value}
      aria-valuetext={w.player.position(spoken(second.value, w), spoken(duration, w))}
      onPointerDown={(event) => {
        if (disabled || event.button !== 0) return;
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        pointed.value = at(event);
      }}
      onPointerMove={(event) => {
        if (!disabled) pointed.value = at(event);
      }}
      onPointerUp={(event) => {
        if (dragging.current) seek(at(event));
        dragging.current = false;
      }}
      onPointerCancel={() => {
        dragging.current = false;
        pointed.value = null;
      }}
      onPointerLeave={() => {
        if (!dragging.current) pointed.value = null;
      }}
      onKeyDown={(event) => {
        const to = disabled ? null : destination(event, position.peek(), duration);
        if (to === null) return;
        event.preventDefault();
        seek(to);
      }}
    >
      <Waveform shape={shape} {...(part === undefined ? {} : { part })} played={played} />
      {!disabled && <Pointer at={pointed} duration={duration} />}
    </div>
  );
}

function progress(position: ReadonlySignal<number>, duration: number) {
  return {
    played: computed(() => Math.min(1, position.value / (duration || Number.POSITIVE_INFINITY))),
    // Assistive technology hears of whole seconds, not of every frame.
    second: computed(() => Math.floor(Math.min(position.value, duration))),
  };
}

function Pointer({ at, duration }: { at: ReadonlySignal<number | null>; duration: number }) {
  if (at.value === null || duration <= 0) return null;
  const left = `${(100 * at.value) / duration}%`;
  return (
    <span class="scrubber-pointer" style={{ left }} aria-hidden="true">
      <span class="scrubber-time">{clock(at.value)}</span>
    </span>
  );
}

function fraction(event: PointerEvent, box: HTMLElement | null): number {
  if (!box) return 0;
  const { left, width } = box.getBoundingClientRect();
  return width ? Math.min(1, Math.max(0, (event.clientX - left) / width)) : 0;
}

function destination(event: KeyboardEvent, position: number, duration: number): number | null {
  if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return null;
  switch (event.key) {
    case 'ArrowLeft':
      return position - STEP;
    case 'ArrowRight':
      return position + STEP;
    case 'PageDown':
      return position - LEAP;
    case 'PageUp':
      return position + LEAP;
    case 'Home':
      return 0;
    case 'End':
      return duration;
    default:
      return null;
  }
}
