import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrowingWaveform } from '../src/waveform/growing.ts';
import { outline, WATERLINE } from '../src/waveform/outline.ts';
import { amplitudes, maximum, picture, resampled } from '../src/waveform/shape.ts';

const json = (data: number[], channels = 1, bits = 8) => ({
  sample_rate: 44_100,
  samples_per_pixel: 256,
  length: data.length / 2 / channels,
  channels,
  bits,
  data,
});

test('the farthest swing of any channel is what shows', () => {
  const found = amplitudes(json([-64, 32, -10, 127, -128, 0, -1, 1], 2));
  assert.deepEqual(
    [...found].map((value) => value.toFixed(2)),
    ['0.99', '1.00'],
  );
  assert.equal(amplitudes(json([-16_384, 100], 1, 16))[0], 0.5);
});

test('fewer points keep the mean of the swings between them', () => {
  const few = resampled(Float32Array.of(0, 1, 0.5, 0.5), 2);
  assert.deepEqual([...few], [0.5, 0.5]);
  assert.equal(resampled(Float32Array.of(0.2), 10).length, 1);
});

test('the loudest passage stands full, silence stays silent', () => {
  const shape = picture(Float32Array.of(0.1, 0.25, 0.5), 3);
  assert.equal(maximum(shape), 1);
  assert.deepEqual([...picture(new Float32Array(4), 4)], [0, 0, 0, 0]);
});

test('pieces may come out of order and grow past any length', () => {
  const growing = new GrowingWaveform();
  const piece = (start: number, swing: number) =>
    growing.add({
      start,
      samples_per_pixel: 4_410,
      sample_rate: 44_100,
      data: [-swing, 0, 0, swing],
    });
  piece(3_000, 64);
  piece(0, 32);
  assert.equal(growing.length, 3_002);
  assert.equal(growing.heard()[1], 0.25);
  assert.equal(growing.heard()[3_001], 0.5);
  assert.equal(growing.seconds, 300.2);
});

test('a drawing begins and ends on the waterline', () => {
  const { crest } = outline(Float32Array.of(0.5, 1, 0.5));
  assert.ok(crest.startsWith(`M0 ${WATERLINE}`));
  assert.ok(crest.endsWith(`${WATERLINE}Z`));
  assert.equal(outline([]).crest, '');
});
