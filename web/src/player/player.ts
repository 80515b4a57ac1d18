import { batch, computed, effect, signal } from '@preact/signals';
import { getTrack } from '../tracks/calls.ts';
import { known, meet } from '../tracks/known.ts';
import type { Track } from '../tracks/model.ts';
import { choice, choose, putBack, quality, refused, saver, settle } from './choice.ts';
import { type Cargo, Deck, type FailureKind } from './deck.ts';
import type { Choice, Quality, Rung } from './quality.ts';
import { emptyQueue, following, inHand, jumped, type Queue, replaced } from './queue.ts';

/**
 * The one player of the page. Two decks: the one that is heard, and one that gets the next track,
 * the levelled revision or the lossless stream ready while the first plays on.
 */

export interface Failure {
  readonly kind: FailureKind;
  readonly title: string;
}

const listener = { failed: deckFailed, switched: deckSwitched };
let heard = new Deck(listener);
let spare = new Deck(listener);

export const queue = signal<Queue>(emptyQueue);
export const current = computed<Track | null>(() => {
  const item = inHand(queue.value);
  return item ? (known(item.id)?.value ?? null) : null;
});
/** What the person asked for; the sound follows. */
export const wanted = signal(false);
export const waiting = signal(false);
/** Waiting long enough to be worth a word. */
export const slow = signal(false);
export const position = signal(0);
export const failure = signal<Failure | null>(null);
export const rungs = signal<readonly Rung[]>([]);
export const rung = signal<Rung | null>(null);
const mediaDuration = signal(0);

export const duration = computed(() => {
  const measured = (current.value?.duration_ms ?? 0) / 1000;
  return measured || mediaDuration.value;
});
export const playedFraction = computed(() =>
  duration.value > 0 ? Math.min(1, position.value / duration.value) : 0,
);

const SLOW_MS = 300;
const PREPARE_SECONDS = 20;
/** `previous` begins the track again once this much of it was heard. */
const RESTART_SECONDS = 3;

let renewedFor: number | null = null;
let preparedFor: number | null = null;
let held: FailureKind | null = null;

export const isCurrent = (id: string): boolean => current.value?.id === id;
export const isPlaying = (id: string): boolean => wanted.value && isCurrent(id);

export function playTracks(ids: readonly string[], start = 0, at = 0): void {
  batch(() => {
    queue.value = replaced(queue.value, ids, start);
    open(at);
  });
}

/** Play a track, or hold or go on if it is the one in hand. */
export function toggleTrack(id: string, among: readonly string[] = [id]): void {
  if (isCurrent(id)) return toggle();
  playTracks(among, Math.max(0, among.indexOf(id)));
}

export function toggle(): void {
  if (!current.value) return;
  wanted.value ? pause() : play();
}

export function play(): void {
  if (!current.value) return;
  if (failure.value || !heard.cargo) return open(position.value);
  wanted.value = true;
  if (heard.audio.ended) heard.audio.currentTime = 0;
  start(heard);
}

export function pause(): void {
  wanted.value = false;
  heard.audio.pause();
}

export function seek(seconds: number): void {
  if (!current.value) return;
  const end = duration.value > 0 ? duration.value : Number.POSITIVE_INFINITY;
  const to = Math.max(0, Math.min(seconds, end - 0.05));
  position.value = to;
  heard.seek(to);
}

export const seekBy = (seconds: number): void => seek(position.value + seconds);

export function next(): void {
  if (following(queue.value)) jumpTo(queue.value.index + 1);
}

export function previous(): void {
  if (position.value > RESTART_SECONDS || queue.value.index <= 0) seek(0);
  else jumpTo(queue.value.index - 1);
}

export function jumpTo(index: number): void {
  batch(() => {
    queue.value = jumped(queue.value, index);
    open(0);
  });
}

export const retry = (): void => open(position.value);

export const chooseQuality = (chosen: Quality): void => change({ quality: chosen, saver: false });

export function toggleSaver(): void {
  change(saver.value ? { ...choice(), saver: false } : { quality: 'auto', saver: true });
}

/** Wish once more for what did not load. */
export function retryChoice(): void {
  if (refused.value) change(refused.value);
}

/** Set loudness on both decks alike; the curve follows the ear. */
export function setVolume(volume: number, muted: boolean): void {
  for (const deck of [heard, spare]) {
    deck.audio.volume = volume ** 2;
    deck.audio.muted = muted;
  }
}

function open(at: number): void {
  const track = current.peek();
  if (!track) return;
  settle();
  batch(() => {
    failure.value = null;
    refused.value = null;
    held = null;
    wanted.value = true;
    waiting.value = true;
    position.value = at;
    mediaDuration.value = 0;
  });
  if (!track.playable || !track.urls.hls) return fail('early');
  if (at === 0 && fits(spare.cargo, track)) return changeOver();
  spare.release();
  heard.audio.pause();
  void heard.load(cargoOf(track), at, choice()).then(() => {
    heard.unfold(saver.peek());
    if (wanted.peek() && heard.cargo?.track.id === track.id) start(heard);
  });
}

/** Go from the heard deck to the spare one, which is ready. */
function changeOver(): void {
  [heard, spare] = [spare, heard];
  spare.release();
  settle();
  heard.unfold(saver.peek());
  rungs.value = heard.rungs;
  rung.value = heard.rung;
  if (wanted.peek()) start(heard);
}

function start(deck: Deck): void {
  deck.audio.play().catch((error: unknown) => {
    if (deck !== heard || !(error instanceof DOMException)) return;
    if (error.name === 'NotAllowedError') fail('blocked');
  });
}

function cargoOf(track: Track): Cargo {
  const lossless = quality.peek() === 'lossless' && Boolean(track.urls.lossless);
  return { track, lossless, source: (lossless ? track.urls.lossless : track.urls.hls) ?? '' };
}

function fits(cargo: Cargo | null, track: Track): boolean {
  if (!cargo) return false;
  const wish = cargoOf(track);
  const same = cargo.track.id === track.id && cargo.track.revision === track.revision;
  return same && cargo.lossless === wish.lossless;
}

function change(wish: Choice): void {
  const track = current.peek();
  choose(wish);
  if (track && heard.cargo && !failure.peek()) replaceAtPosition(track);
  else settle();
}

/** Put other bytes of the same track under the same second. */
function replaceAtPosition(track: Track): void {
  const coming = spare;
  preparedFor = null; // the deck was the next track's
  void coming.load(cargoOf(track), position.peek(), choice());
  const ready = () => {
    if (coming !== spare || coming.cargo?.track.id !== heard.cargo?.track.id) return;
    coming.audio.currentTime = heard.placed ? heard.audio.currentTime : position.peek();
    changeOver();
  };
  coming.audio.addEventListener('canplay', ready, { once: true });
}

// The gain became known while the preview played: go on with the levelled revision.
effect(() => {
  const track = current.value;
  if (!track || heard.cargo?.track.id !== track.id || failure.peek()) return;
  const coming = spare.cargo?.track;
  const underway = coming?.id === track.id && coming.revision === track.revision;
  if (track.revision > heard.cargo.track.revision && !underway) replaceAtPosition(track);
});

function prepareNext(): void {
  const item = following(queue.peek());
  if (!item || item.key === preparedFor || saver.peek()) return;
  const track = known(item.id)?.peek();
  if (!track?.playable) return;
  if (spare.cargo && spare.cargo.track.id === heard.cargo?.track.id) return; // a better copy comes
  preparedFor = item.key; // once: a track that fails here says so when its turn comes
  void spare.load(cargoOf(track), 0, choice());
}

function deckSwitched(deck: Deck): void {
  if (deck !== heard) return;
  rungs.value = deck.rungs;
  rung.value = deck.rung;
}

function deckFailed(deck: Deck, kind: FailureKind): void {
  if (deck !== heard) return spareFailed(kind);
  if (kind === 'gone' && renewable()) return void renewAddresses(retry, () => fail('gone'));
  const recoverable = kind === 'network' || kind === 'offline';
  if (recoverable && deck.secondsAhead > 0.5) held = kind;
  else fail(kind);
}

/** What is heard goes on; only a wish for other bytes of it is worth a word. */
function spareFailed(kind: FailureKind): void {
  const track = current.peek();
  const wished = track && spare.cargo?.track.id === track.id;
  spare.release();
  if (!wished) return;
  if (kind !== 'gone' || !renewable()) return putBack();
  void renewAddresses(() => replaceAtPosition(current.peek() ?? track), putBack);
}

/** Signed addresses expire; the track itself knows fresh ones. Tried once an item. */
function renewable(): boolean {
  const key = inHand(queue.peek())?.key ?? null;
  if (renewedFor === key) return false;
  renewedFor = key;
  return true;
}

async function renewAddresses(again: () => void, giveUp: () => void): Promise<void> {
  const id = current.peek()?.id;
  if (id === undefined) return;
  const renewed = await getTrack(id).catch(() => null);
  if (current.peek()?.id !== id) return;
  if (renewed) meet(renewed.track);
  (renewed ? again : giveUp)();
}

function fail(kind: FailureKind): void {
  const track = current.peek();
  batch(() => {
    wanted.value = false;
    waiting.value = false;
    failure.value = { kind, title: track ? (track.title ?? track.file_name ?? '') : '' };
  });
  heard.audio.pause();
}

function listen(deck: Deck): void {
  const { audio } = deck;
  const when = (name: keyof HTMLMediaElementEventMap, react: () => void) =>
    audio.addEventListener(name, () => {
      if (deck === heard) react();
    });
  when('playing', () => (waiting.value = false));
  when('waiting', () => {
    waiting.value = true;
    if (held) fail(held);
  });
  when('durationchange', () => {
    mediaDuration.value = Number.isFinite(audio.duration) ? audio.duration : 0;
  });
  when('timeupdate', ticked);
  when('seeked', ticked);
  when('pause', () => {
    // A headset or the system may hold the sound; our own changes of deck may not.
    if (deck.cargo && !audio.ended && wanted.peek() && !waiting.peek()) wanted.value = false;
  });
  when('play', () => {
    if (!audio.paused) wanted.value = true;
  });
  when('ended', ended);
}

function ticked(): void {
  if (!heard.placed || heard.audio.seeking) return;
  position.value = heard.audio.currentTime;
  const left = duration.peek() - position.peek();
  if (duration.peek() > 0 && left < PREPARE_SECONDS && wanted.peek()) prepareNext();
}

function ended(): void {
  if (following(queue.peek())) return next();
  batch(() => {
    wanted.value = false;
    waiting.value = false;
    position.value = duration.peek();
  });
}

function online(): void {
  const stopped = failure.peek()?.kind;
  if (held && heard.resume()) held = null;
  else if (stopped === 'offline' || stopped === 'network') retry();
}

effect(() => {
  slow.value = false;
  if (!wanted.value || !waiting.value) return;
  const timer = setTimeout(() => {
    slow.value = true;
  }, SLOW_MS);
  return () => clearTimeout(timer);
});

listen(heard);
listen(spare);
window.addEventListener('online', online);

// Between two time updates (4 a second) the playhead moves with every frame, where motion is liked.
const calm = matchMedia('(prefers-reduced-motion: reduce)');
effect(() => {
  if (!wanted.value || calm.matches) return;
  let frame = requestAnimationFrame(function glide() {
    if (!heard.audio.paused) ticked();
    frame = requestAnimationFrame(glide);
  });
  return () => cancelAnimationFrame(frame);
});
