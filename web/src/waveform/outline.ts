/** The drawn swell: a crest above the waterline and its shallower reflection below. */

export interface Outline {
  readonly crest: string;
  readonly reflection: string;
}

export const WIDTH = 1000;
export const HEIGHT = 100;
export const WATERLINE = 64;

/** The least a sound shows: silence is a line, not nothing. */
const CALM = 0.012;

/** Amplitudes in 0..1, spread over `part` of the width. */
export function outline(amplitudes: ArrayLike<number>, part = 1): Outline {
  const count = amplitudes.length;
  if (count === 0) return { crest: '', reflection: '' };
  const width = WIDTH * Math.min(1, part);
  const step = width / count;
  const xs = Array.from({ length: count }, (_, index) => (index + 0.5) * step);
  const side = (room: number, down: 1 | -1): string =>
    closed(
      xs,
      xs.map((_, index) => WATERLINE + down * room * Math.max(CALM, amplitudes[index] ?? 0)),
      width,
    );
  return { crest: side(WATERLINE - 2, -1), reflection: side(HEIGHT - WATERLINE - 2, 1) };
}

/** A smooth line through the middles of neighbours: no overshoot, and one number pair a point. */
function closed(xs: readonly number[], ys: readonly number[], width: number): string {
  const parts = [`M0 ${WATERLINE}L0 ${short(ys[0] ?? WATERLINE)}`];
  for (let index = 0; index < xs.length; index += 1) {
    const [x, y] = [xs[index] ?? 0, ys[index] ?? WATERLINE];
    const [nextX, nextY] = [xs[index + 1] ?? width, ys[index + 1] ?? y];
    parts.push(`Q${short(x)} ${short(y)} ${short((x + nextX) / 2)} ${short((y + nextY) / 2)}`);
  }
  parts.push(`L${short(width)} ${short(ys.at(-1) ?? WATERLINE)}L${short(width)} ${WATERLINE}Z`);
  return parts.join('');
}

const short = (value: number): string => String(Math.round(value * 10) / 10);
