import { queueOpen, sheetOpen, shortcutsOpen } from '../shell/panels.ts';
import { current, next, previous, seekBy, toggle } from './player.ts';
import { toggleMute, turnDown, turnUp } from './volume.ts';

const SEEK_SECONDS = 5;

/** Keys that work wherever the focus does not need them itself. */
export function connectKeyboard(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (needs(target, event.key)) return;
    if (document.querySelector('dialog:modal:not(.sheet)') && event.key !== '?') return;
    if (act(event)) event.preventDefault();
  });
}

function needs(target: Element, key: string): boolean {
  if (target.matches('input[type=range]')) return key.startsWith('Arrow');
  if (target.closest('input, textarea, select, [contenteditable]')) return true;
  return key === ' ' && target.closest('button, a, summary, [role^=menuitem]') !== null;
}

function act(event: KeyboardEvent): boolean {
  const general = actions[event.key.toLowerCase()];
  if (general) general();
  else if (current.value) return playing(event);
  return Boolean(general);
}

const actions: Readonly<Record<string, () => void>> = {
  q: () => {
    queueOpen.value = !queueOpen.value;
  },
  m: toggleMute,
  '?': () => {
    sheetOpen.value = false; // never a modal on a modal
    shortcutsOpen.value = !shortcutsOpen.value;
  },
};

/** Without a track, arrows scroll and space pages, as anywhere. */
function playing(event: KeyboardEvent): boolean {
  switch (event.key) {
    case ' ':
      toggle();
      return true;
    case 'ArrowLeft':
      event.shiftKey ? previous() : seekBy(-SEEK_SECONDS);
      return true;
    case 'ArrowRight':
      event.shiftKey ? next() : seekBy(SEEK_SECONDS);
      return true;
    case 'ArrowUp':
      turnUp();
      return true;
    case 'ArrowDown':
      turnDown();
      return true;
    default:
      return false;
  }
}
