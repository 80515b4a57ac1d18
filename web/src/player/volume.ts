import { effect, signal } from '@preact/signals';
import { keep, kept } from '../parts/kept.ts';
import { setVolume } from './player.ts';

const STEP = 0.05;

export const volume = signal(keptVolume());
export const muted = signal(false);

export function turnTo(level: number): void {
  volume.value = Math.max(0, Math.min(1, level));
  muted.value = false;
  keep('volume', volume.value.toFixed(2));
}

export const turnUp = (): void => turnTo(volume.value + STEP);
export const turnDown = (): void => turnTo(volume.value - STEP);

export function toggleMute(): void {
  muted.value = !muted.value;
}

effect(() => setVolume(volume.value, muted.value));

function keptVolume(): number {
  const level = Number.parseFloat(kept('volume') ?? '');
  return level >= 0 && level <= 1 ? level : 1;
}
