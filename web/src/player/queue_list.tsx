import { clock } from '../figures.ts';
import { Cover } from '../parts/cover.tsx';
import { Icon } from '../parts/icon.tsx';
import { known } from '../tracks/known.ts';
import { nameOf, type Track } from '../tracks/model.ts';
import { words } from '../words/index.ts';
import { preloadEngine } from './engine.ts';
import { jumpTo, queue } from './player.ts';
import { cutAfterHand, inHand, moved, type QueueItem, removed, upcoming } from './queue.ts';

/** What plays, and what follows in which order. */
export function QueueList() {
  const w = words.value.queue;
  const hand = inHand(queue.value);
  const ahead = upcoming(queue.value);
  if (!hand) return <p class="queue-empty hint">{w.empty}</p>;
  return (
    <>
      <h3>{w.playing}</h3>
      <ol class="queue-items">
        <Item key={hand.key} item={hand} at={queue.value.index} />
      </ol>
      {ahead.length > 0 && (
        <>
          <div class="section-head">
            <h3>{w.next}</h3>
            <button
              type="button"
              class="button-quiet"
              onClick={() => {
                queue.value = cutAfterHand(queue.value);
              }}
            >
              {w.clear}
            </button>
          </div>
          <ol class="queue-items">
            {ahead.map((item, index) => (
              <Item
                key={item.key}
                item={item}
                at={queue.value.index + 1 + index}
                first={index === 0}
                last={index === ahead.length - 1}
              />
            ))}
          </ol>
        </>
      )}
    </>
  );
}

interface ItemProps {
  readonly item: QueueItem;
  readonly at: number;
  readonly first?: boolean;
  readonly last?: boolean;
}

function Item({ item, at, first, last }: ItemProps) {
  const w = words.value.queue;
  const track = known(item.id)?.value;
  if (!track) return null;
  const inHandNow = at === queue.value.index;
  return (
    <li class={inHandNow ? 'queue-item queue-item-now' : 'queue-item'}>
      <button
        type="button"
        class="queue-item-play"
        aria-current={inHandNow ? 'true' : undefined}
        onPointerEnter={preloadEngine}
        onClick={() => {
          if (!inHandNow) jumpTo(at);
        }}
      >
        <Cover track={track} />
        <span class="visually-hidden">{w.playItem}</span>
        <span class="queue-item-text">
          <span class="ellipsis">{nameOf(track)}</span>
          <span class="hint ellipsis">{track.artist}</span>
        </span>
        <span class="dock-time">{clock((track.duration_ms ?? 0) / 1000)}</span>
      </button>
      {!inHandNow && <Moves item={item} track={track} first={first} last={last} />}
    </li>
  );
}

interface MovesProps {
  readonly item: QueueItem;
  readonly track: Track;
  readonly first: boolean | undefined;
  readonly last: boolean | undefined;
}

function Moves({ item, track, first, last }: MovesProps) {
  const w = words.value.queue;
  const name = nameOf(track);
  const move = (by: 1 | -1) => () => {
    queue.value = moved(queue.value, item.key, by);
  };
  return (
    <span class="queue-moves">
      <button
        type="button"
        class="button-icon"
        aria-label={w.moveUp(name)}
        disabled={first}
        onClick={move(-1)}
      >
        <Icon name="chevron-up" />
      </button>
      <button
        type="button"
        class="button-icon"
        aria-label={w.moveDown(name)}
        disabled={last}
        onClick={move(1)}
      >
        <Icon name="chevron-down" />
      </button>
      <button
        type="button"
        class="button-icon"
        aria-label={w.remove(name)}
        onClick={() => {
          queue.value = removed(queue.value, item.key);
        }}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}
