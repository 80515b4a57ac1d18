import { effect, signal } from '@preact/signals';
import { keep, kept } from '../parts/kept.ts';

export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

export const theme = signal<Theme>(chosen());

export function setTheme(next: Theme): void {
  keep('theme', next === 'system' ? null : next);
  theme.value = next;
}

// theme.js did this before the first paint; from here on the switch does.
effect(() => {
  const root = document.documentElement;
  if (theme.value === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme.value;
});

function chosen(): Theme {
  const name = kept('theme');
  return name === 'light' || name === 'dark' ? name : 'system';
}
