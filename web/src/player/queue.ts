/** What plays, what played and what follows. Pure: each change makes another queue. */

export interface QueueItem {
  /** Tells apart two places of the same track. */
  readonly key: number;
  readonly id: string;
}

export interface Queue {
  readonly items: readonly QueueItem[];
  /** The item in hand; -1 in an empty queue. */
  readonly index: number;
  readonly nextKey: number;
}

export const emptyQueue: Queue = { items: [], index: -1, nextKey: 1 };

/** A queue is for an evening, not for an archive. */
export const QUEUE_LIMIT = 1000;

export const inHand = (queue: Queue): QueueItem | null => queue.items[queue.index] ?? null;
export const following = (queue: Queue): QueueItem | null => queue.items[queue.index + 1] ?? null;
export const upcoming = (queue: Queue): readonly QueueItem[] => queue.items.slice(queue.index + 1);

export function replaced(queue: Queue, ids: readonly string[], start: number): Queue {
  const from = Math.max(0, Math.min(start, ids.length - 1) - QUEUE_LIMIT + 1);
  const kept = ids.slice(from, from + QUEUE_LIMIT);
  return { ...keyed(queue, kept, []), index: kept.length ? start - from : -1 };
}

export function insertedNext(queue: Queue, ids: readonly string[]): Queue {
  return inserted(queue, ids, queue.index + 1);
}

export function appended(queue: Queue, ids: readonly string[]): Queue {
  return inserted(queue, ids, queue.items.length);
}

export function jumped(queue: Queue, index: number): Queue {
  return index >= 0 && index < queue.items.length ? { ...queue, index } : queue;
}

/** The item in hand cannot be removed: it is what one hears. */
export function removed(queue: Queue, key: number): Queue {
  const at = queue.items.findIndex((item) => item.key === key);
  if (at < 0 || at === queue.index) return queue;
  const items = queue.items.filter((item) => item.key !== key);
  return { ...queue, items, index: at < queue.index ? queue.index - 1 : queue.index };
}

/** Every place of a track that is gone, save the one in hand. */
export function without(queue: Queue, id: string): Queue {
  return queue.items
    .filter((item) => item.id === id)
    .reduce((left, item) => removed(left, item.key), queue);
}

export function moved(queue: Queue, key: number, by: 1 | -1): Queue {
  const at = queue.items.findIndex((item) => item.key === key);
  const to = at + by;
  if (at <= queue.index || to <= queue.index || to >= queue.items.length) return queue;
  const items = [...queue.items];
  const [item] = items.splice(at, 1);
  if (item) items.splice(to, 0, item);
  return { ...queue, items };
}

export function cutAfterHand(queue: Queue): Queue {
  return { ...queue, items: queue.items.slice(0, queue.index + 1) };
}

function inserted(queue: Queue, ids: readonly string[], at: number): Queue {
  const room = Math.max(0, QUEUE_LIMIT - queue.items.length);
  const made = keyed(queue, ids.slice(0, room), []);
  const items = [...queue.items.slice(0, at), ...made.items, ...queue.items.slice(at)];
  return { items, index: Math.max(queue.index, items.length ? 0 : -1), nextKey: made.nextKey };
}

function keyed(queue: Queue, ids: readonly string[], before: readonly QueueItem[]): Queue {
  const items = ids.map((id, index) => ({ id, key: queue.nextKey + index }));
  return { items: [...before, ...items], index: queue.index, nextKey: queue.nextKey + ids.length };
}
