import { type Signal, useComputed, useSignal } from '@preact/signals';
import { Icon } from '../parts/icon.tsx';
import { enqueue } from '../player/enqueue.ts';
import { playTracks } from '../player/player.ts';
import { known } from '../tracks/known.ts';
import { nameOf } from '../tracks/model.ts';
import { words } from '../words/index.ts';
import { isMine, removeTrack, shown } from './catalogue.ts';
import { nothing, type Selection, withoutIds } from './selection.ts';

/** What can be done with the chosen rows; shown from two rows on, one has its own buttons. */
export function SelectionBar({ selection }: { readonly selection: Signal<Selection> }) {
  const { library: w } = words.value;
  const asking = useSignal(false);
  const refused = useSignal<string | null>(null);
  const chosen = useComputed(() =>
    shown.value.filter((track) => selection.value.ids.has(track.id)),
  );
  const ids = chosen.value.map((track) => track.id);
  const mine = chosen.value.filter(isMine);
  if (ids.length < 2) return null;

  const clear = () => {
    selection.value = nothing;
    asking.value = false;
  };
  const remove = async () => {
    asking.value = false;
    refused.value = null;
    const gone = new Set<string>();
    for (const { id } of mine) {
      try {
        await removeTrack(id);
        gone.add(id);
      } catch {
        const track = known(id)?.peek();
        refused.value = w.deleteFailed(track ? nameOf(track) : id);
      }
    }
    selection.value = withoutIds(selection.peek(), gone);
  };

  return (
    <section class="selection-bar" aria-label={w.selection}>
      <strong role="status">{w.selected(ids.length)}</strong>
      {asking.value ? (
        <>
          <span class="asking">{w.deleteAsk(mine.length)}</span>
          <button type="button" class="button-danger" onClick={() => void remove()}>
            {w.deleteSelected}
          </button>
          <button type="button" class="button-quiet" onClick={() => (asking.value = false)}>
            {w.keep}
          </button>
        </>
      ) : (
        <>
          <button type="button" class="button-quiet" onClick={() => playTracks(playable(ids))}>
            <Icon name="play" /> {w.playSelected}
          </button>
          <button type="button" class="button-quiet" onClick={() => enqueue(ids, 'next')}>
            {w.playNext}
          </button>
          <button type="button" class="button-quiet" onClick={() => enqueue(ids, 'last')}>
            {w.addToQueue}
          </button>
          {mine.length > 0 && (
            <button type="button" class="button-quiet" onClick={() => (asking.value = true)}>
              {w.deleteSelected}
            </button>
          )}
          <button
            type="button"
            class="button-icon"
            aria-label={w.clearSelection}
            title={w.clearSelection}
            onClick={clear}
          >
            <Icon name="close" />
          </button>
        </>
      )}
      {refused.value && <span role="alert">{refused.value}</span>}
    </section>
  );
}

const playable = (ids: readonly string[]) => ids.filter((id) => known(id)?.peek().playable);
