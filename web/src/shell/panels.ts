import { signal } from '@preact/signals';

/** What lies open over the page; never two modal things at once. */
export const queueOpen = signal(false);
export const sheetOpen = signal(false);
export const shortcutsOpen = signal(false);

/** Read out once by screen readers; nothing shows. */
export const announcement = signal('');

export function announce(text: string): void {
  announcement.value = text;
}
