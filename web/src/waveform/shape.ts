/** From measured peaks to the few amplitudes that a picture needs. Pure. */

export interface AudiowaveformJson {
  readonly version?: number;
  readonly channels?: number;
  readonly sample_rate: number;
  readonly samples_per_pixel: number;
  readonly bits: number;
  readonly length: number;
  readonly data: readonly number[];
}

/** One amplitude in 0..1 a pixel: the farthest swing of any channel. */
export function amplitudes(json: AudiowaveformJson): Float32Array {
  const values = 2 * (json.channels ?? 1);
  const full = 2 ** (json.bits - 1);
  const count = Math.floor(json.data.length / values);
  const found = new Float32Array(count);
  for (let pixel = 0; pixel < count; pixel += 1) {
    let swing = 0;
    for (let value = 0; value < values; value += 1) {
      swing = Math.max(swing, Math.abs(json.data[pixel * values + value] ?? 0));
    }
    found[pixel] = Math.min(1, swing / full);
  }
  return found;
}

/**
 * Fewer points, for the eye. Levelled music reaches its peak in every second, so the farthest
 * swing alone draws a brick; the mean of the swings keeps what the ear follows.
 */
export function resampled(swings: Float32Array, count: number): Float32Array {
  const made = new Float32Array(Math.min(count, swings.length));
  const step = swings.length / made.length;
  for (let index = 0; index < made.length; index += 1) {
    const from = Math.floor(index * step);
    const to = Math.max(from + 1, Math.floor((index + 1) * step));
    let sum = 0;
    for (let at = from; at < to; at += 1) sum += swings[at] ?? 0;
    made[index] = sum / (to - from);
  }
  return made;
}

/** Spread over the height there is: the loudest passage stands tall, quiet ones stay low. */
export function raised(shape: Float32Array, loudest = maximum(shape)): Float32Array {
  if (loudest <= 0) return shape;
  return shape.map((value) => Math.min(1, value / loudest) ** 1.4);
}

export function maximum(shape: Float32Array): number {
  return shape.reduce((most, value) => Math.max(most, value), 0);
}

export const picture = (swings: Float32Array, count: number): Float32Array =>
  raised(resampled(swings, count));
