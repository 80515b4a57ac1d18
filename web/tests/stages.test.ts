import assert from 'node:assert/strict';
import { test } from 'node:test';
import { departure, type Stage, stayed, travel } from '../src/tracks/stages.ts';

const state = (stage: Stage, elapsed_ms: number, revision = 0) => ({
  stage,
  elapsed_ms,
  revision,
  percent: null,
  playable: revision > 0,
  message: null,
});

test('a song passes five points, and the time at each is kept', () => {
  const journey = [
    state('received', 0),
    state('probing', 120),
    state('analysing', 300),
    state('encoding', 2_300),
    state('playable', 2_600, 1),
    state('ready', 6_000, 1),
  ].reduce(travel, departure);

  assert.equal(journey.point, 'ready');
  assert.equal(stayed(journey, 'listening'), 2_180);
  assert.equal(stayed(journey, 'levelling'), 300);
  assert.equal(stayed(journey, 'packing'), 3_400);
  assert.equal(stayed(journey, 'ready'), null);
});

test('the preview makes a song playable while it is still listened to', () => {
  const journey = [state('probing', 10), state('playable', 90), state('analysing', 400)].reduce(
    travel,
    departure,
  );
  assert.notEqual(journey.point, 'packing');
});

test('a song that was watched from the middle tells no times it cannot know', () => {
  const journey = travel(travel(departure, state('encoding', 900, 1)), state('ready', 1_500, 1));
  assert.equal(stayed(journey, 'listening'), null);
  assert.equal(stayed(journey, 'packing'), 600);
});

test('an old state after a reconnection takes nothing back', () => {
  const journey = travel(travel(departure, state('ready', 900, 1)), state('analysing', 400));
  assert.equal(journey.point, 'ready');
});

test('a failure stays at the point where it happened', () => {
  const journey = travel(travel(departure, state('analysing', 100)), state('failed', 200));
  assert.equal(journey.failed, true);
  assert.equal(journey.point, 'listening');
});
