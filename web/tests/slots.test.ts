import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recent } from '../src/parts/recent.ts';
import { Slots } from '../src/parts/slots.ts';
import { SpeedMeter } from '../src/uploads/speed_meter.ts';

const never = new AbortController().signal;

test('two travel at a time, and who came first goes first', async () => {
  const slots = new Slots(2);
  const leaves = [await slots.take(never), await slots.take(never)];
  const order: string[] = [];
  const third = slots.take(never).then(() => order.push('third'));
  const fourth = slots.take(never).then(() => order.push('fourth'));
  leaves[0]?.();
  leaves[0]?.(); // leaving twice frees one place
  await third;
  assert.deepEqual(order, ['third']);
  leaves[1]?.();
  await fourth;
  assert.deepEqual(order, ['third', 'fourth']);
});

test('who gives up waiting holds nobody back', async () => {
  const slots = new Slots(1);
  const leave = await slots.take(never);
  const impatient = new AbortController();
  const refused = assert.rejects(slots.take(impatient.signal));
  const patient = slots.take(never);
  impatient.abort(new Error('gone'));
  await refused;
  leave();
  (await patient)();
});

test('the one not used for longest is forgotten', () => {
  const recent = new Recent<number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  recent.get('a');
  recent.set('c', 3);
  assert.deepEqual([recent.get('a'), recent.get('b'), recent.get('c')], [1, undefined, 3]);
});

test('speed is that of the last seconds, not of the whole journey', () => {
  const meter = new SpeedMeter();
  assert.equal(meter.bytesPerSecond, null);
  for (let second = 0; second <= 10; second += 1) meter.note(second * 1_000_000, second * 1_000);
  for (let second = 11; second <= 20; second += 1) {
    meter.note(10_000_000 + (second - 10) * 2_000, second * 1_000);
  }
  assert.equal(meter.bytesPerSecond, 2_000);
});
