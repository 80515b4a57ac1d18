import { batch, computed, effect, signal } from '@preact/signals';
import { sessionState, user } from '../api/session.ts';
import { queue } from '../player/player.ts';
import { without } from '../player/queue.ts';
import { deleteTrack, listTracks } from '../tracks/calls.ts';
import { forgetTrack, known, meet } from '../tracks/known.ts';
import { type Track, unsettled } from '../tracks/model.ts';
import { unwatch, watch } from '../tracks/watching.ts';
import { arrivals, uploads } from '../uploads/uploads.ts';
import { language } from '../words/index.ts';
import { matches, newestFirst, type Order, sorted } from './order.ts';

/** The tracks that the server lists for whoever is signed in. */

export type CataloguePhase = 'loading' | 'ready' | 'failed';

export const phase = signal<CataloguePhase>('loading');
export const failure = signal<unknown>(null);
export const loadingMore = signal(false);
export const cursor = signal<string | null>(null);
export const filter = signal('');
export const mineOnly = signal(false);
export const order = signal<Order>(newestFirst);

const ids = signal<readonly string[]>([]);
const PAGE = 100;

/** Tracks on their way have a card above the list; they enter it when they are ready. */
const inCards = computed(() => new Set(uploads.value.map((upload) => upload.trackId.value)));

export const tracks = computed<readonly Track[]>(() =>
  ids.value
    .flatMap((id) => known(id)?.value ?? [])
    .filter((track) => track.state === 'ready' || !inCards.value.has(track.id)),
);
export const hasOthers = computed(() => tracks.value.some((track) => !isMine(track)));
export const shown = computed<readonly Track[]>(() => {
  const kept = tracks.value.filter(
    (track) => matches(track, filter.value) && (!mineOnly.value || isMine(track)),
  );
  return sorted(kept, order.value, language.value);
});

export const isMine = (track: Track): boolean =>
  user.value !== null && track.owner?.id === user.value.id;

let asked = 0;

export async function loadCatalogue(): Promise<void> {
  asked += 1;
  const question = asked;
  if (ids.peek().length === 0) phase.value = 'loading';
  try {
    const page = await listTracks(null, PAGE);
    if (question !== asked) return;
    batch(() => {
      accept(page.items, []);
      cursor.value = page.next_cursor;
      phase.value = 'ready';
    });
  } catch (error) {
    if (question !== asked) return;
    failure.value = error;
    phase.value = 'failed';
  }
}

export async function loadMore(): Promise<void> {
  const from = cursor.peek();
  if (from === null || loadingMore.peek()) return;
  loadingMore.value = true;
  try {
    const page = await listTracks(from, PAGE);
    if (cursor.peek() !== from) return;
    batch(() => {
      accept(page.items, ids.peek());
      cursor.value = page.next_cursor;
    });
  } finally {
    loadingMore.value = false;
  }
}

/** Sorting and filtering a part of a list would lie; both want all of it. */
export async function loadAll(): Promise<void> {
  while (cursor.peek() !== null && !loadingMore.peek()) await loadMore();
}

/** Delete for good; throws where the server refuses. */
export async function removeTrack(id: string): Promise<void> {
  await deleteTrack(id);
  unwatch(id);
  batch(() => {
    ids.value = ids.peek().filter((other) => other !== id);
    queue.value = without(queue.peek(), id);
  });
  if (!queue.peek().items.some((item) => item.id === id)) forgetTrack(id);
}

function accept(items: readonly Track[], before: readonly string[]): void {
  for (const track of items) {
    meet(track);
    if (unsettled(track) && isMine(track)) watch(track.id);
  }
  ids.value = [...new Set([...before, ...items.map((track) => track.id)])];
}

effect(() => {
  const track = arrivals.value;
  if (track && !ids.peek().includes(track.id)) ids.value = [track.id, ...ids.peek()];
});

// Another person sees another list.
effect(() => {
  const state = sessionState.value;
  if (state === 'signed-in') void loadCatalogue();
  if (state !== 'guest') return;
  asked += 1;
  ids.value = [];
  cursor.value = null;
  phase.value = 'loading';
});
