import { signal } from '@preact/signals';

/** What lies open over the page; never two modal things at once. */
export const queueOpen = signal(false);
export const sheetOpen = signal(false);
export const shortcutsOpen = signal(false);

interface Announcement {
  readonly key: number;
  readonly text: string;
}

/** The last things read out by screen readers; nothing shows. */
export const announcements = signal<readonly Announcement[]>([]);

const KEPT = 5;
let said = 0;

export function announce(text: string): void {
  said += 1;
  announcements.value = [...announcements.peek().slice(1 - KEPT), { key: said, text }];
}
