import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { queueOpen, sheetOpen } from '../shell/panels.ts';
import { words } from '../words/index.ts';
import { QueueList } from './queue_list.tsx';

/** The queue beside the page; in the phone's sheet it is a part of the sheet. */
export function QueuePanel() {
  const w = words.value;
  const panel = useRef<HTMLElement>(null);
  const open = queueOpen.value && !sheetOpen.value;
  useEffect(() => {
    if (!open) return;
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      const inside = panel.current === null || panel.current.contains(document.activeElement);
      const lost = document.activeElement === document.body;
      if ((inside || lost) && before instanceof HTMLElement) before.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <aside
      ref={panel}
      class="queue-panel"
      aria-labelledby="queue"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') queueOpen.value = false;
      }}
    >
      <div class="section-head">
        <h2 id="queue">{w.queue.title}</h2>
        <button
          type="button"
          class="button-icon"
          aria-label={w.shell.close}
          onClick={() => {
            queueOpen.value = false;
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <QueueList />
    </aside>
  );
}
