import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, clock, longLength, number, remaining, spoken, took } from '../src/figures.ts';
import { english } from '../src/words/english.ts';
import { french } from '../src/words/french.ts';

test('a clock counts minutes, and hours once there are any', () => {
  assert.equal(clock(0), '0:00');
  assert.equal(clock(221.9), '3:41');
  assert.equal(clock(3_661), '1:01:01');
  assert.equal(clock(Number.NaN), '0:00');
});

test('a time is spoken as people say it', () => {
  assert.equal(spoken(62, english), '1 minute 2');
  assert.equal(spoken(221, english), '3 minutes 41');
  assert.equal(spoken(42, english), '42 seconds');
  assert.equal(spoken(60, english), '1 minute');
  assert.equal(spoken(7_320, english), '2 hours 2 minutes');
  assert.equal(spoken(62, french), '1 minute 2');
});

test('a level has a true minus sign, and zero has none', () => {
  assert.equal(number(-9.84, 'en', 1), '−9.8');
  assert.equal(number(-0.04, 'en', 1), '0.0');
  assert.equal(number(-9.84, 'fr', 1), '−9,8');
});

test('sizes are decimal and never show four digits', () => {
  assert.equal(bytes(999, 'en', english), '999 B');
  assert.equal(bytes(999_600, 'en', english), '1.0 MB');
  assert.equal(bytes(38_100_000, 'en', english), '38.1 MB');
  assert.equal(bytes(38_100_000, 'fr', french), '38,1 Mo');
  assert.equal(bytes(2_147_483_648, 'en', english), '2.1 GB');
});

test('what is left is told roughly, what was taken exactly', () => {
  assert.equal(remaining(0.2), '1 s');
  assert.equal(remaining(48), '50 s');
  assert.equal(remaining(130), '2 min');
  assert.equal(took(431, 'en'), '431 ms');
  assert.equal(took(6_120, 'en'), '6.1 s');
  assert.equal(longLength(6_720_000), '1 h 52');
});
