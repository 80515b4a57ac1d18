import { announce } from '../shell/panels.ts';
import { known } from '../tracks/known.ts';
import { nameOf } from '../tracks/model.ts';
import { words } from '../words/index.ts';
import { playTracks, queue } from './player.ts';
import { appended, insertedNext } from './queue.ts';

/** Put tracks into the queue; an empty one starts to play. */
export function enqueue(ids: readonly string[], place: 'next' | 'last'): void {
  const playable = ids.filter((id) => known(id)?.peek().playable);
  const first = known(playable[0] ?? '')?.peek();
  if (!first) return;
  if (queue.peek().items.length === 0) return playTracks(playable);
  queue.value = (place === 'next' ? insertedNext : appended)(queue.peek(), playable);
  const w = words.value.queue;
  const name = nameOf(first);
  if (playable.length > 1) announce(w.addedCount(playable.length));
  else announce(place === 'next' ? w.addedNext(name) : w.added(name));
}
