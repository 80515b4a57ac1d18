/** Which of the renditions to hear. Pure. */

/** `auto`, `lossless`, or the name of a rung such as `aac-192`. */
export type Quality = string;

export interface Choice {
  readonly quality: Quality;
  readonly saver: boolean;
}

export interface Rung {
  readonly name: string;
  /** Bits a second, as measured. */
  readonly rate: number;
}

/** Sound at the first press matters more than the last kilobit: Auto begins here and adapts. */
const FIRST_RATE = 130_000;
const SAVER_RATE = 80_000;

export function startRung(rungs: readonly Rung[], quality: Quality, saver: boolean): number {
  if (quality !== 'auto') return fixedRung(rungs, quality);
  const most = saver ? SAVER_RATE : FIRST_RATE;
  return highestUpTo(rungs, most * 1.1);
}

/** The rung asked for, or the nearest below it: a lossy source may lack the higher ones. */
export function fixedRung(rungs: readonly Rung[], quality: Quality): number {
  const exact = rungs.findIndex((rung) => rung.name === quality);
  if (exact >= 0) return exact;
  const nominal = nominalRate(quality);
  return highestUpTo(rungs, nominal === null ? Number.POSITIVE_INFINITY : nominal * 1.1);
}

/** The highest rung that Auto may climb to; -1 for any. */
export function saverCap(rungs: readonly Rung[], saver: boolean): number {
  return saver ? highestUpTo(rungs, SAVER_RATE * 1.1) : -1;
}

/** 192000 for `aac-192`. */
export function nominalRate(rung: string): number | null {
  const kilobits = /-(\d+)$/.exec(rung)?.[1];
  return kilobits ? Number(kilobits) * 1000 : null;
}

/** The rung's name in the address of its playlist: /hls/{id}/{rung}/media.m3u8. */
export function rungOf(address: string): string {
  return /\/hls\/[^/]+\/([^/]+)\/[^/]*$/.exec(address.split('?')[0] ?? '')?.[1] ?? '';
}

function highestUpTo(rungs: readonly Rung[], rate: number): number {
  let best = -1;
  let lowest = 0;
  rungs.forEach((rung, index) => {
    if (rung.rate < (rungs[lowest]?.rate ?? 0)) lowest = index;
    const fits = (nominalRate(rung.name) ?? rung.rate) <= rate;
    if (fits && (best < 0 || rung.rate > (rungs[best]?.rate ?? 0))) best = index;
  });
  return best < 0 ? lowest : best;
}
