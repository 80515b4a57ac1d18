import { nameOf, type Track } from '../tracks/model.ts';

/** How the list is sorted and filtered. Pure. */

export const sortKeys = ['added', 'title', 'artist', 'album', 'duration', 'visibility'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Order {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** The server's own order, which needs no more than the first page. */
export const newestFirst: Order = { key: 'added', descending: true };

export function turned(order: Order, key: SortKey): Order {
  if (order.key === key) return { key, descending: !order.descending };
  return { key, descending: key === 'added' };
}

export function sorted(tracks: readonly Track[], order: Order, language: string): readonly Track[] {
  const texts = new Intl.Collator(language, { sensitivity: 'base', numeric: true });
  const compare = (a: Track, b: Track): number => {
    const [left, right] = [sortValue(a, order.key), sortValue(b, order.key)];
    if (left === right) return texts.compare(a.id, b.id);
    if (left === null) return 1; // what is not known stands last, whichever way the list runs
    if (right === null) return -1;
    const way = order.descending ? -1 : 1;
    return (
      way *
      (typeof left === 'number' && typeof right === 'number'
        ? left - right
        : texts.compare(String(left), String(right)))
    );
  };
  return [...tracks].sort(compare);
}

function sortValue(track: Track, key: SortKey): string | number | null {
  switch (key) {
    case 'added':
      return Date.parse(track.created_at) || null;
    case 'title':
      return nameOf(track);
    case 'duration':
      return track.duration_ms;
    default:
      return track[key] || null;
  }
}

/** All words of the filter, in any order, in whatever accents. */
export function matches(track: Track, filter: string): boolean {
  const text = plain([nameOf(track), track.artist, track.album].join(' '));
  return plain(filter)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
