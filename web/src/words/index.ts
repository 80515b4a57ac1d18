import { computed, effect, signal } from '@preact/signals';
import { keep, kept } from '../parts/kept.ts';
import { english } from './english.ts';
import { french } from './french.ts';

export type { Words } from './english.ts';

export const languages = { en: english, fr: french };
export type Language = keyof typeof languages;

const isLanguage = (code: string | null): code is Language => code === 'en' || code === 'fr';

function preferred(): Language {
  const chosen = kept('language');
  if (isLanguage(chosen)) return chosen;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find(isLanguage) ?? 'en';
}

export const language = signal<Language>(preferred());
export const words = computed(() => languages[language.value]);

export function speak(code: Language): void {
  keep('language', code);
  language.value = code;
}

effect(() => {
  document.documentElement.lang = language.value;
});
