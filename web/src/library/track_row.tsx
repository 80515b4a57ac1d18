import { useComputed } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock, day } from '../figures.ts';
import { Cover } from '../parts/cover.tsx';
import { Icon } from '../parts/icon.tsx';
import { PlayButton } from '../player/play_button.tsx';
import { isCurrent, playedFraction } from '../player/player.ts';
import { trackPath } from '../shell/route.ts';
import { nameOf, type Track, underway } from '../tracks/model.ts';
import { watchingOf } from '../tracks/watching.ts';
import { useShape } from '../waveform/use_shape.ts';
import { Waveform } from '../waveform/waveform.tsx';
import { language, words } from '../words/index.ts';
import { isMine } from './catalogue.ts';
import { RowMenu } from './row_menu.tsx';

interface TrackRowProps {
  readonly track: Track;
  readonly selected: boolean;
  /** Whether Tab enters the list here. */
  readonly entry: boolean;
  among(): readonly string[];
}

export function TrackRow({ track, selected, entry, among }: TrackRowProps) {
  const row = useRef<HTMLDivElement>(null);
  const seen = useSeen(row);
  const current = isCurrent(track.id);
  return (
    <div
      ref={row}
      class={current ? 'track-row track-current' : 'track-row'}
      role="row"
      data-track={track.id}
      tabIndex={entry ? 0 : -1}
      aria-selected={selected}
      aria-current={current ? 'true' : undefined}
    >
      <span class="cell-cover" role="gridcell">
        <Cover track={track} />
        <PlayButton track={track} among={among} class="cover-play" />
      </span>
      <span class="cell-title" role="gridcell">
        <a class="row-title ellipsis" href={trackPath(track.id)}>
          {nameOf(track)}
        </a>
        <span class="row-artist ellipsis">{byline(track)}</span>
      </span>
      <span class="cell-album ellipsis" role="gridcell">
        {track.album ?? ''}
      </span>
      <span class="cell-wave" role="gridcell">
        {track.state === 'ready' ? (
          <RowWave track={seen ? track : null} current={current} />
        ) : (
          <Way track={track} />
        )}
      </span>
      <span class="cell-added ellipsis" role="gridcell">
        {day(track.created_at, language.value)}
      </span>
      <span class="cell-visibility" role="gridcell">
        <Icon name={track.visibility} />
        <span class="visibility-word">{words.value.visibility[track.visibility]}</span>
      </span>
      <span class="cell-duration" role="gridcell">
        {track.duration_ms === null ? '' : clock(track.duration_ms / 1000)}
      </span>
      <span class="cell-more" role="gridcell">
        <RowMenu track={track} />
      </span>
    </div>
  );
}

function byline(track: Track): string {
  const w = words.value.library;
  const artist = track.artist?.trim() || w.unknownArtist;
  return isMine(track) || !track.owner ? artist : `${artist} · ${w.by(track.owner.username)}`;
}

const POINTS = 64;

function RowWave({ track, current }: { readonly track: Track | null; readonly current: boolean }) {
  const shape = useShape(track, 'row', POINTS);
  return <Waveform shape={shape} played={current ? playedFraction : undefined} />;
}

/** Where a track that is not ready stands. */
function Way({ track }: { readonly track: Track }) {
  const w = words.value;
  const point = useComputed(() => {
    const journey = watchingOf(track.id)?.journey.value;
    return journey ? words.value.upload.points[journey.point] : null;
  });
  if (track.state === 'failed') return <span class="chip chip-failed">{w.library.failed}</span>;
  if (!underway(track)) return null;
  return <span class="chip">{point.value ?? w.library.processing}</span>;
}

/** True once the row came near the window; its picture is fetched then. */
function useSeen(row: { current: HTMLElement | null }): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!row.current) return;
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) setSeen(true);
      },
      { rootMargin: '200px' },
    );
    watcher.observe(row.current);
    return () => watcher.disconnect();
  }, []);
  return seen;
}
