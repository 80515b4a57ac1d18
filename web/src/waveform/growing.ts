/** A waveform that is still being heard: amplitudes by pixel, filled as pieces arrive. */

export interface PeaksEvent {
  readonly start: number;
  readonly samples_per_pixel: number;
  readonly sample_rate: number;
  /** min, max, min, max … in 8 bits. */
  readonly data: readonly number[];
}

export class GrowingWaveform {
  #amplitudes = new Float32Array(1024);
  #length = 0;
  #pixelsPerSecond = 0;

  get length(): number {
    return this.#length;
  }

  get seconds(): number {
    return this.#pixelsPerSecond ? this.#length / this.#pixelsPerSecond : 0;
  }

  add(event: PeaksEvent): void {
    const count = Math.floor(event.data.length / 2);
    const end = event.start + count;
    this.#pixelsPerSecond = event.sample_rate / event.samples_per_pixel;
    this.#reserve(end);
    for (let pixel = 0; pixel < count; pixel += 1) {
      const low = event.data[2 * pixel] ?? 0;
      const high = event.data[2 * pixel + 1] ?? 0;
      this.#amplitudes[event.start + pixel] = Math.max(-low, high, 0) / 128;
    }
    this.#length = Math.max(this.#length, end);
  }

  /** A copy of what was heard so far. */
  heard(): Float32Array {
    return this.#amplitudes.slice(0, this.#length);
  }

  #reserve(length: number): void {
    if (length <= this.#amplitudes.length) return;
    const larger = new Float32Array(Math.max(length, 2 * this.#amplitudes.length));
    larger.set(this.#amplitudes);
    this.#amplitudes = larger;
  }
}
