import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedRung, rungOf, saverCap, startRung } from '../src/player/quality.ts';

const rungs = [
  { name: 'aac-64', rate: 70_000 },
  { name: 'aac-128', rate: 139_000 },
  { name: 'aac-192', rate: 205_000 },
  { name: 'aac-320', rate: 341_000 },
];

test('Auto begins at 128, which is made first', () => {
  assert.equal(rungs[startRung(rungs, 'auto', false)]?.name, 'aac-128');
});

test('the data saver begins low and stays low', () => {
  assert.equal(rungs[startRung(rungs, 'auto', true)]?.name, 'aac-64');
  assert.equal(rungs[saverCap(rungs, true)]?.name, 'aac-64');
  assert.equal(saverCap(rungs, false), -1);
});

test('a rung that a song lacks gives way to the nearest below', () => {
  assert.equal(fixedRung(rungs, 'aac-192'), 2);
  assert.equal(rungs.slice(0, 2)[fixedRung(rungs.slice(0, 2), 'aac-320')]?.name, 'aac-128');
  assert.equal(rungs.slice(2)[fixedRung(rungs.slice(2), 'aac-64')]?.name, 'aac-192');
});

test('a rung is named by the address of its playlist, signed or not', () => {
  assert.equal(rungOf('https://x.org/hls/01a/aac-192/media.m3u8?e=1&s=a/b'), 'aac-192');
  assert.equal(rungOf('/hls/01a/flac/media.m3u8'), 'flac');
});
