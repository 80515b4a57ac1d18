import { useComputed } from '@preact/signals';
import { known } from '../tracks/known.ts';
import type { Watching } from '../tracks/watching.ts';
import { density } from '../waveform/density.ts';
import { swells } from '../waveform/swell.tsx';
import { useGrowing } from '../waveform/use_growing.ts';
import { Waveform } from '../waveform/waveform.tsx';
import { words } from '../words/index.ts';
import type { Upload } from './upload.ts';

const POINTS = 260;

/** A swell that fills with the bytes, then the song itself as it is heard. */
export function UploadWave({ upload }: { readonly upload: Upload }) {
  const watching = upload.watching.value;
  const id = upload.trackId.value;
  if (!watching || id === null) return <Filling upload={upload} />;
  return <Growing id={id} watching={watching} />;
}

function Filling({ upload }: { readonly upload: Upload }) {
  const part = useComputed(() => (upload.file.size ? upload.sent.value / upload.file.size : 0));
  const percent = Math.round(part.value * 100);
  const count = density(14);
  const line = swells(count, 1000 / count, 30, 16);
  return (
    <div
      class="upload-wave filling"
      role="progressbar"
      aria-label={words.value.upload.progressLabel(upload.file.name)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <svg viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true">
        <path d={line} />
      </svg>
      <div class="filling-done" style={{ '--sent': `${part.value * 100}%` }}>
        <svg viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true">
          <path d={line} />
        </svg>
      </div>
    </div>
  );
}

/** The song itself: what was heard so far, then what was measured. */
function Growing({ id, watching }: { readonly id: string; readonly watching: Watching }) {
  const { shape, part } = useGrowing(known(id)?.value ?? null, watching, density(POINTS));
  return (
    <div class="upload-wave">
      <Waveform shape={shape} part={part} class={part < 1 ? 'waveform-growing' : ''} />
    </div>
  );
}
