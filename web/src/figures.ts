import type { Words } from './words/english.ts';

/** How times, sizes and levels are written. Pure: the language is an argument. */

const MINUS = '−';

export function clock(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '0:00';
  const whole = Math.floor(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${h ? String(m).padStart(2, '0') : m}:${String(s).padStart(2, '0')}`;
  return h ? `${h}:${tail}` : tail;
}

/** “1 minute 2”, as one says it. */
export function spoken(seconds: number, words: Words): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const { time } = words;
  if (h) return m ? `${time.hours(h)} ${time.minutes(m)}` : time.hours(h);
  if (m) return s ? `${time.minutes(m)} ${s}` : time.minutes(m);
  return time.seconds(s);
}

export function number(value: number, language: string, digits = 0): string {
  const text = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(Math.abs(value));
  const zero = Number(Math.abs(value).toFixed(digits)) === 0;
  return value < 0 && !zero ? MINUS + text : text;
}

/** Decimal units, as disks and networks count. */
export function bytes(count: number, language: string, words: Words): string {
  let unit = 0;
  let value = count;
  while (value >= 999.5 && unit < words.units.bytes.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit >= 2 && value < 99.95 ? 1 : 0;
  return `${number(value, language, digits)} ${words.units.bytes[unit]}`;
}

export function speed(bytesPerSecond: number, language: string, words: Words): string {
  return `${bytes(bytesPerSecond, language, words)}/s`;
}

/** Time left, coarse on purpose: a figure that jumps every second says less. */
export function remaining(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 60) return `${Math.round(seconds / 5) * 5} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** How long something took. */
export function took(ms: number, language: string): string {
  if (ms < 950) return `${number(Math.max(ms, 0), language)} ms`;
  if (ms < 60_000) return `${number(ms / 1000, language, 1)} s`;
  return clock(ms / 1000);
}

/** “1 h 52” or “34 min”, for the length of a whole list. */
export function longLength(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

export const kilobits = (bitsPerSecond: number, language: string): string =>
  number(bitsPerSecond / 1000, language);

/** “21 Nov, 20:03”, in the time of the one who reads. */
export function moment(
  iso: string,
  language: string,
  exact: 'minutes' | 'seconds' = 'minutes',
): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(exact === 'seconds' ? { second: '2-digit' } : {}),
  }).format(date);
}

export function day(iso: string, language: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(date);
}
