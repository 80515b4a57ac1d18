import { type Signal, useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { toggleTrack } from '../player/player.ts';
import { known } from '../tracks/known.ts';
import { words } from '../words/index.ts';
import { cursor, loadingMore, loadMore, order, shown } from './catalogue.ts';
import { type SortKey, turned } from './order.ts';
import { everything, extended, nothing, only, type Selection, step, toggled } from './selection.ts';
import { sortBy } from './toolbar.tsx';
import { TrackRow } from './track_row.tsx';

interface TrackListProps {
  readonly selection: Signal<Selection>;
}

/** The list as a grid: arrows move and choose, Enter plays, Shift extends. */
export function TrackList({ selection }: TrackListProps) {
  const w = words.value.library;
  const grid = useRef<HTMLDivElement>(null);
  const ids = useComputed(() => shown.value.map((track) => track.id));
  const entry = selection.value.active ?? ids.value[0];

  const choose = (next: Selection) => {
    selection.value = next;
    if (next.active === null) return;
    grid.current?.querySelector<HTMLElement>(`[data-track="${next.active}"]`)?.focus();
  };
  return (
    <>
      <div
        ref={grid}
        class="tracks"
        role="grid"
        aria-label={w.list}
        aria-multiselectable="true"
        aria-rowcount={cursor.value === null ? ids.value.length + 1 : -1}
        onKeyDown={(event) => steer(event, selection.peek(), ids.peek(), choose)}
        onClick={(event) => press(event, selection.peek(), ids.peek(), choose)}
        onDblClick={(event) => {
          const id = rowOf(event);
          if (id && known(id)?.peek().playable) toggleTrack(id, ids.peek());
        }}
      >
        <Heads />
        {shown.value.map((track) => (
          <TrackRow
            key={track.id}
            track={track}
            selected={selection.value.ids.has(track.id)}
            entry={track.id === entry}
            among={() => playableOf(ids.peek())}
          />
        ))}
      </div>
      {cursor.value !== null && (
        <button
          type="button"
          class="button-quiet load-more"
          disabled={loadingMore.value}
          onClick={() => void loadMore().catch(() => undefined)}
        >
          {w.loadMore}
        </button>
      )}
    </>
  );
}

const playableOf = (ids: readonly string[]) => ids.filter((id) => known(id)?.peek().playable);

function Heads() {
  const { library: w, upload } = words.value;
  return (
    <div class="track-heads" role="row">
      <span class="cell-cover" role="columnheader">
        <span class="visually-hidden">{w.playSelected}</span>
      </span>
      <Head
        keys={['title', 'artist']}
        names={[w.columns.title, upload.artist]}
        class="cell-title"
      />
      <Head keys={['album']} names={[w.columns.album]} class="cell-album" />
      <span class="cell-wave" role="columnheader">
        <span class="visually-hidden">{w.list}</span>
      </span>
      <Head keys={['added']} names={[w.columns.added]} class="cell-added" />
      <Head keys={['visibility']} names={[w.columns.visibility]} class="cell-visibility" />
      <Head keys={['duration']} names={[w.columns.duration]} class="cell-duration" />
      <span class="cell-more" role="columnheader">
        <span class="visually-hidden">{words.value.shell.more}</span>
      </span>
    </div>
  );
}

interface HeadProps {
  readonly keys: readonly SortKey[];
  readonly names: readonly string[];
  readonly class: string;
}

function Head({ keys, names, class: style }: HeadProps) {
  const { key: by, descending } = order.value;
  const sort = keys.includes(by) ? (descending ? 'descending' : 'ascending') : undefined;
  return (
    <span class={style} role="columnheader" aria-sort={sort}>
      {keys.map((key, index) => (
        <button
          key={key}
          type="button"
          class={key === by ? 'head head-on' : 'head'}
          onClick={() => sortBy(turned(order.peek(), key))}
        >
          {names[index]}
          {key === by && <Icon name={descending ? 'down' : 'up'} />}
        </button>
      ))}
    </span>
  );
}

function rowOf(event: Event): string | null {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('a, button, input, [popover]')) return null; // they have their own say
  return target?.closest<HTMLElement>('[data-track]')?.dataset.track ?? null;
}

type Choose = (next: Selection) => void;

function press(event: MouseEvent, held: Selection, ids: readonly string[], choose: Choose): void {
  const id = rowOf(event);
  if (id === null) return;
  if (event.shiftKey) choose(extended(held, ids, id));
  else if (event.ctrlKey || event.metaKey) choose(toggled(held, id));
  else choose(only(id));
}

function steer(
  event: KeyboardEvent,
  held: Selection,
  ids: readonly string[],
  choose: Choose,
): void {
  const row = (event.target as HTMLElement).matches('[data-track]');
  if (!row || event.altKey) return;
  const from: Selection = {
    ...held,
    active: (event.target as HTMLElement).dataset.track ?? null,
  };
  const done = steps(event, from, ids, choose);
  if (done) event.preventDefault();
}

function steps(
  event: KeyboardEvent,
  held: Selection,
  ids: readonly string[],
  choose: Choose,
): boolean {
  const by = strides[event.key];
  if (by !== undefined) {
    const to = step(held, ids, by);
    if (to !== null) choose(event.shiftKey ? extended(held, ids, to) : only(to));
    return true;
  }
  if (event.key === 'Enter' && held.active) {
    if (known(held.active)?.peek().playable) toggleTrack(held.active, playableOf(ids));
    return true;
  }
  if (event.key === 'Escape') {
    choose({ ...nothing, active: held.active });
    return true;
  }
  if (event.key.toLowerCase() !== 'a' || !(event.ctrlKey || event.metaKey)) return false;
  choose(everything(held, ids));
  return true;
}

const strides: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
