import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches, sorted, turned } from '../src/library/order.ts';
import { everything, extended, nothing, only, step, toggled } from '../src/library/selection.ts';
import type { Track } from '../src/tracks/model.ts';

const track = (id: string, facts: Partial<Track>) =>
  ({
    id,
    title: id,
    artist: null,
    album: null,
    file_name: null,
    duration_ms: null,
    created_at: '2026-11-01T00:00:00Z',
    ...facts,
  }) as Track;

const names = (tracks: readonly Track[]) => tracks.map(({ id }) => id);

test('titles sort as people count, without regard to case or accents', () => {
  const tracks = [track('Track 10', {}), track('track 9', {}), track('Été', {}), track('eta', {})];
  const byTitle = sorted(tracks, { key: 'title', descending: false }, 'en');
  assert.deepEqual(names(byTitle), ['eta', 'Été', 'track 9', 'Track 10']);
});

test('what is not known stands last, whichever way the list runs', () => {
  const tracks = [
    track('none', {}),
    track('long', { duration_ms: 9 }),
    track('short', { duration_ms: 1 }),
  ];
  const by = (descending: boolean) => names(sorted(tracks, { key: 'duration', descending }, 'en'));
  assert.deepEqual(by(false), ['short', 'long', 'none']);
  assert.deepEqual(by(true), ['long', 'short', 'none']);
});

test('a head pressed twice turns the list around; dates begin with the newest', () => {
  const once = turned({ key: 'title', descending: false }, 'added');
  assert.deepEqual(once, { key: 'added', descending: true });
  assert.equal(turned(once, 'added').descending, false);
});

test('a filter takes words in any order and any accent', () => {
  const song = track('x', { title: 'La Mer', artist: 'Clément Houle' });
  assert.ok(matches(song, 'houle mer'));
  assert.ok(matches(song, 'CLEMENT'));
  assert.ok(!matches(song, 'mer du nord'));
  assert.ok(matches(song, ''));
});

test('shift extends from where the choice began, control picks', () => {
  const order = ['a', 'b', 'c', 'd'];
  const range = extended(only('b'), order, 'd');
  assert.deepEqual([...range.ids], ['b', 'c', 'd']);
  assert.deepEqual([...extended(range, order, 'a').ids], ['a', 'b']);
  assert.deepEqual([...toggled(range, 'c').ids], ['b', 'd']);
  assert.equal(everything(nothing, order).ids.size, 4);
});

test('arrows stop at the ends', () => {
  const order = ['a', 'b', 'c'];
  assert.equal(step(nothing, order, 1), 'a');
  assert.equal(step(only('c'), order, 1), 'c');
  assert.equal(step(only('c'), order, Number.NEGATIVE_INFINITY), 'a');
  assert.equal(step(nothing, [], 1), null);
});
