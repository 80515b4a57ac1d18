import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  appended,
  cutAfterHand,
  emptyQueue,
  following,
  inHand,
  insertedNext,
  jumped,
  moved,
  QUEUE_LIMIT,
  type Queue,
  removed,
  replaced,
  without,
} from '../src/player/queue.ts';

const ids = (queue: Queue) => queue.items.map(({ id }) => id);
const keyOf = (queue: Queue, id: string) => queue.items.find((item) => item.id === id)?.key ?? -1;
const abc = replaced(emptyQueue, ['a', 'b', 'c'], 1);

test('a list played from its second song goes on with the third', () => {
  assert.equal(inHand(abc)?.id, 'b');
  assert.equal(following(abc)?.id, 'c');
  assert.equal(following(jumped(abc, 2)), null);
});

test('“play next” comes before what was next, “add” after everything', () => {
  assert.deepEqual(ids(insertedNext(abc, ['x', 'y'])), ['a', 'b', 'x', 'y', 'c']);
  assert.deepEqual(ids(appended(abc, ['x'])), ['a', 'b', 'c', 'x']);
});

test('the same song twice is two places', () => {
  const twice = appended(abc, ['c']);
  const keys = new Set(twice.items.map(({ key }) => key));
  assert.equal(keys.size, 4);
  assert.deepEqual(ids(removed(twice, keyOf(twice, 'c'))), ['a', 'b', 'c']);
});

test('what one hears stays in hand when others go', () => {
  assert.equal(inHand(removed(abc, keyOf(abc, 'a')))?.id, 'b');
  assert.equal(inHand(removed(abc, keyOf(abc, 'b')))?.id, 'b');
  assert.deepEqual(ids(without(appended(abc, ['a']), 'a')), ['b', 'c']);
  assert.deepEqual(ids(cutAfterHand(abc)), ['a', 'b']);
});

test('songs move among those to come, and not past the one in hand', () => {
  const four = appended(abc, ['d']);
  assert.deepEqual(ids(moved(four, keyOf(four, 'd'), -1)), ['a', 'b', 'd', 'c']);
  assert.deepEqual(ids(moved(four, keyOf(four, 'c'), -1)), ids(four));
  assert.deepEqual(ids(moved(four, keyOf(four, 'd'), 1)), ids(four));
});

test('an endless library does not make an endless queue', () => {
  const all = Array.from({ length: 5_000 }, (_, index) => String(index));
  const queue = replaced(emptyQueue, all, 4_999);
  assert.equal(queue.items.length, QUEUE_LIMIT);
  assert.equal(inHand(queue)?.id, '4999');
  assert.equal(appended(queue, ['more']).items.length, QUEUE_LIMIT);
});

test('an empty list leaves nothing in hand', () => {
  assert.equal(inHand(replaced(abc, [], 0)), null);
});
