import { useComputed } from '@preact/signals';
import { words } from '../words/index.ts';
import { UploadCard } from './upload_card.tsx';
import { dismissFinished, isReady, uploads } from './uploads.ts';

/** The files under way, newest first; nothing where there are none. */
export function UploadList() {
  const finished = useComputed(() => uploads.value.some(isReady));
  if (uploads.value.length === 0) return null;
  const { upload: w } = words.value;
  return (
    <section class="arriving" aria-labelledby="arriving">
      <div class="section-head">
        <h2 id="arriving">{w.title}</h2>
        {finished.value && (
          <button type="button" class="button-quiet" onClick={dismissFinished}>
            {w.clearDone}
          </button>
        )}
      </div>
      <ul class="cards">
        {uploads.value.map((upload) => (
          <UploadCard key={upload.key} upload={upload} />
        ))}
      </ul>
    </section>
  );
}
