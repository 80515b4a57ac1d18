/** Bytes a second over the last few seconds: steady enough to read, quick enough to believe. */

const WINDOW_MS = 4_000;

interface Mark {
  readonly at: number;
  readonly bytes: number;
}

export class SpeedMeter {
  #marks: Mark[] = [];

  /** Note that `bytes` in all were sent at time `at` (ms). */
  note(bytes: number, at: number): void {
    this.#marks.push({ at, bytes });
    while (this.#marks.length > 2 && at - (this.#marks[1]?.at ?? at) > WINDOW_MS)
      this.#marks.shift();
  }

  /** Null until there is something to measure. */
  get bytesPerSecond(): number | null {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (!first || !last || last.at - first.at < 250) return null;
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000;
  }
}
