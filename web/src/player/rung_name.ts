import { words } from '../words/index.ts';
import { nominalRate } from './quality.ts';

/** “AAC 192” for `aac-192`, “Lossless” for `flac`. */
export function rungName(rung: string): string {
  if (rung === 'flac' || rung === 'lossless') return words.value.player.lossless;
  if (rung === 'auto') return words.value.player.auto;
  const rate = nominalRate(rung);
  const codec = rung.split('-')[0]?.toUpperCase() ?? '';
  return rate === null ? rung : `${codec} ${rate / 1000}`;
}
