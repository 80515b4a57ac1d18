import { number } from '../figures.ts';
import type { Loudness } from '../tracks/model.ts';
import type { Words } from '../words/english.ts';

/** “−9.8 LUFS as delivered, turned down 4.2 dB; true peak −1.0 dBTP; nothing clipped.” Pure. */
export function loudnessSentence(loudness: Loudness, language: string, words: Words): string {
  const { track } = words;
  const { integrated_lufs: integrated, true_peak_dbtp: peak, gain_db: gain } = loudness;
  if (integrated === null) return track.silence;
  const figure = (value: number) => number(value, language, 1);
  const first = [track.delivered(figure(integrated)), turned(gain ?? 0, figure, words)];
  if (loudness.limited_by_peak) first.push(track.heldByPeaks);
  const parts = [first.join(', ')];
  const after = peak === null ? null : peak + (gain ?? 0);
  if (after !== null) parts.push(track.truePeak(figure(after)));
  if (after !== null && after <= 0) parts.push(track.nothingClipped);
  return `${parts.join('; ')}.`;
}

function turned(gain: number, figure: (value: number) => string, { track }: Words): string {
  if (Math.abs(gain) < 0.05) return track.untouched;
  return gain < 0 ? track.turnedDown(figure(-gain)) : track.turnedUp(figure(gain));
}
