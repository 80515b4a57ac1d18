import { kilobits, number } from '../figures.ts';
import { Menu, type MenuEntry } from '../parts/menu.tsx';
import type { Track } from '../tracks/model.ts';
import { language, words } from '../words/index.ts';
import { quality, saver } from './choice.ts';
import { chooseQuality, current, rung, rungs, toggleSaver } from './player.ts';
import { nominalRate } from './quality.ts';
import { rungName } from './rung_name.ts';

/** Auto, each rung, lossless; and the data saver. */
export function QualityMenu() {
  const w = words.value.player;
  const name = rungName(quality.value);
  return (
    <Menu
      label={w.qualityNamed(saver.value ? w.saver : name)}
      class="button-quality"
      entries={entries()}
    >
      {saver.value ? w.saverShort : name}
    </Menu>
  );
}

function entries(): MenuEntry[] {
  const w = words.value.player;
  const track = current.value;
  const now = rung.value ? w.level(kilobits(rung.value.rate, language.value)) : undefined;
  const choose = (chosen: string) => () => chooseQuality(chosen);
  const option = (value: string, note?: string): MenuEntry => ({
    kind: 'radio',
    text: rungName(value),
    note,
    on: quality.value === value && !saver.value,
    act: choose(value),
  });
  return [
    { kind: 'heading', text: w.quality },
    option('auto', quality.value === 'auto' ? now : undefined),
    ...lossyRungs(track).map((name) => option(name)),
    ...(track?.urls.lossless ? [option('lossless', losslessForm(track))] : []),
    { kind: 'check', text: w.saver, on: saver.value, act: toggleSaver },
  ];
}

/** What this track offers; before one is in hand, nothing to choose from but Auto. */
function lossyRungs(track: Track | null): string[] {
  const playing = rungs.value.map(({ name }) => name);
  const listed = track?.renditions.map(({ rung: name }) => name) ?? [];
  const names = new Set([...playing, ...listed].filter((name) => nominalRate(name) !== null));
  return [...names].sort((a, b) => (nominalRate(b) ?? 0) - (nominalRate(a) ?? 0));
}

function losslessForm(track: Track): string | undefined {
  const flac = track.renditions.find(({ rung: name }) => name === 'flac');
  if (!flac) return undefined;
  const { bits, sample_rate: rate } = flac;
  const kilohertz = `${number(rate / 1000, language.value, rate % 1000 ? 1 : 0)} kHz`;
  return bits ? `${bits} bit, ${kilohertz}` : kilohertz;
}
