import { batch, signal } from '@preact/signals';
import { keep, kept } from '../parts/kept.ts';
import type { Choice, Quality } from './quality.ts';

/** How the listener wants to hear, kept between visits. */
export const quality = signal<Quality>(kept('quality') ?? 'auto');
export const saver = signal(kept('saver') === '1' || savesByDefault());
/** A wish that could not be had while the sound went on; it stands in words until the next one. */
export const refused = signal<Choice | null>(null);

let heardBefore: Choice | null = null;

export const choice = (): Choice => ({ quality: quality.peek(), saver: saver.peek() });

/** Wish for something else; until `settle` the choice before it can be put back. */
export function choose(next: Choice): void {
  heardBefore ??= choice();
  refused.value = null;
  set(next);
}

/** One hears what was chosen, or will with the next track. */
export function settle(): void {
  heardBefore = null;
}

/** What was chosen did not load: the menu says again what one hears. */
export function putBack(): void {
  if (!heardBefore) return;
  refused.value = choice();
  set(heardBefore);
  heardBefore = null;
}

function set(next: Choice): void {
  batch(() => {
    quality.value = next.quality;
    saver.value = next.saver;
  });
  keep('quality', next.quality);
  keep('saver', next.saver ? '1' : '0');
}

function savesByDefault(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return kept('saver') === null && connection?.saveData === true;
}
