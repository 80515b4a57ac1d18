import { useComputed } from '@preact/signals';
import { clock, day, number } from '../figures.ts';
import { Cover } from '../parts/cover.tsx';
import { Icon } from '../parts/icon.tsx';
import { PlayButton } from '../player/play_button.tsx';
import { current, isCurrent, playTracks, position, seek } from '../player/player.ts';
import { Scrubber } from '../player/scrubber.tsx';
import { Title } from '../shell/title.tsx';
import { levelled, nameOf, type Track, underway } from '../tracks/model.ts';
import { points } from '../tracks/stages.ts';
import { watchingOf } from '../tracks/watching.ts';
import { density } from '../waveform/density.ts';
import { useGrowing } from '../waveform/use_growing.ts';
import { language, words } from '../words/index.ts';

export function Hero({ track }: { readonly track: Track }) {
  const w = words.value;
  return (
    <header class="hero">
      <Cover track={track} eager />
      <div class="hero-text">
        <p class="hero-kind">
          <Icon name={track.visibility} /> {w.visibility[track.visibility]}
          {underway(track) && <Stage id={track.id} />}
        </p>
        <Title page={nameOf(track)}>{nameOf(track)}</Title>
        <p class="hero-artist">
          {track.artist || w.library.unknownArtist}
          {track.album && <span class="hero-album"> {w.track.from(track.album)}</span>}
        </p>
        <p class="hero-meta">{metadata(track)}</p>
      </div>
      <div class="hero-play">
        <PlayButton track={track} class="button-play button-play-large" />
        {track.playable && !levelled(track) && <span class="chip">{w.upload.beforeLevelling}</span>}
      </div>
      <HeroWave track={track} />
    </header>
  );
}

function Stage({ id }: { readonly id: string }) {
  const w = words.value;
  const journey = watchingOf(id)?.journey.value;
  const name = journey ? w.upload.points[journey.point] : w.track.arriving;
  const percent = journey?.percent;
  const step = journey ? `${points.indexOf(journey.point) + 1}/${points.length} ` : '';
  return (
    <span class="chip" role="status">
      {step}
      {name}
      {percent === null || percent === undefined ? '' : ` ${Math.round(percent)} %`}
    </span>
  );
}

function metadata(track: Track): string {
  const w = words.value;
  const parts = [
    track.owner ? w.track.addedBy(track.owner.username, day(track.created_at, language.value)) : '',
    source(track),
  ];
  return parts.filter(Boolean).join(' · ');
}

/** “FLAC, 44.1 kHz, stereo, lossless” */
function source(track: Track): string {
  const w = words.value.track;
  const parts = [
    track.codec
      ?.toUpperCase()
      .replace(/^PCM_[FSU].*/, 'PCM')
      .replaceAll('_', ' '),
    track.sample_rate
      ? `${number(track.sample_rate / 1000, language.value, track.sample_rate % 1000 ? 1 : 0)} kHz`
      : '',
    track.channels ? channelName(track.channels) : '',
    track.lossless ? w.lossless : '',
  ];
  return parts.filter(Boolean).join(', ');
}

function channelName(count: number): string {
  const w = words.value.track;
  if (count === 1) return w.mono;
  return count === 2 ? w.stereo : w.channels(count);
}

const POINTS = 320;

function HeroWave({ track }: { readonly track: Track }) {
  const w = words.value.track;
  const { shape, part } = useGrowing(track, watchingOf(track.id), density(POINTS));
  const mine = isCurrent(track.id);
  const here = useComputed(() => (current.value?.id === track.id ? position.value : 0));
  const seconds = (track.duration_ms ?? 0) / 1000;
  const elapsed = useComputed(() => clock(here.value));
  return (
    <div class="hero-wave">
      <Scrubber
        class={part < 1 ? 'scrubber-large waveform-growing' : 'scrubber-large'}
        label={w.seekIn(nameOf(track))}
        shape={shape}
        part={part}
        position={here}
        duration={seconds}
        disabled={!track.playable || seconds === 0}
        seek={(to) => (mine ? seek(to) : playTracks([track.id], 0, to))}
      />
      <div class="hero-times">
        <span>{elapsed}</span>
        <span>{seconds ? clock(seconds) : ''}</span>
      </div>
    </div>
  );
}
