import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { signedIn } from '../api/session.ts';
import { swells } from '../waveform/swell.tsx';
import { words } from '../words/index.ts';
import { receiveFiles } from './choose.tsx';

/** How many files hover over the window; null while none do. */
const hovering = signal<number | null>(null);

/** The whole window takes files, and shows that it does. */
export function DropZone() {
  useEffect(connectDrops, []);
  if (hovering.value === null) return null;
  const { upload: w } = words.value;
  return (
    <div class="drop-zone" aria-hidden="true">
      <div class="drop-frame">
        <svg viewBox="0 0 800 60" preserveAspectRatio="none" aria-hidden="true">
          <path d={swells(4, 200, 46, 34)} />
        </svg>
        <p class="drop-title">{signedIn.value ? w.drop : w.dropSignedOut}</p>
        {hovering.value > 0 && <p>{w.dropCount(hovering.value)}</p>}
      </div>
    </div>
  );
}

function connectDrops(): () => void {
  let depth = 0; // dragenter and dragleave come for every element on the way
  const over = (event: DragEvent) => {
    if (holdsFiles(event)) event.preventDefault();
  };
  const enter = (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    depth += 1;
    hovering.value = event.dataTransfer?.items.length ?? 0;
  };
  const leave = (event: DragEvent) => {
    if (holdsFiles(event)) depth -= 1;
    if (depth <= 0) end();
  };
  const end = () => {
    depth = 0;
    hovering.value = null;
  };
  const drop = (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    end();
    if (signedIn.value) receiveFiles(event.dataTransfer?.files ?? []);
  };
  window.addEventListener('dragover', over);
  window.addEventListener('dragenter', enter);
  window.addEventListener('dragleave', leave);
  window.addEventListener('drop', drop);
  return () => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('dragenter', enter);
    window.removeEventListener('dragleave', leave);
    window.removeEventListener('drop', drop);
  };
}

const holdsFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;
