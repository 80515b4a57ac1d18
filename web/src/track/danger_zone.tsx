import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { sentence } from '../api/sentence.ts';
import { removeTrack } from '../library/catalogue.ts';
import { go } from '../shell/route.ts';
import { nameOf, type Track } from '../tracks/model.ts';
import { words } from '../words/index.ts';

/** Deletion, asked once more in the same place. */
export function DangerZone({ track }: { readonly track: Track }) {
  const w = words.value.track;
  const step = useSignal<'idle' | 'asking' | 'deleting'>('idle');
  const failure = useSignal<unknown>(null);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (step.value === 'asking') keep.current?.focus();
  }, [step.value]);

  const remove = async () => {
    step.value = 'deleting';
    failure.value = null;
    try {
      await removeTrack(track.id);
      go('/');
    } catch (error) {
      failure.value = error;
      step.value = 'idle';
    }
  };
  return (
    <section class="danger" aria-labelledby="danger">
      <h2 id="danger">{w.danger}</h2>
      {step.value === 'idle' ? (
        <div class="danger-row">
          <p>{w.deleteHint}</p>
          <button type="button" class="button-danger" onClick={() => (step.value = 'asking')}>
            {w.delete}
          </button>
        </div>
      ) : (
        <div class="danger-row" role="alertdialog" aria-label={w.deleteAsk(nameOf(track))}>
          <p>
            <strong>{w.deleteAsk(nameOf(track))}</strong>
          </p>
          <button
            type="button"
            class="button-danger button-danger-sure"
            disabled={step.value === 'deleting'}
            onClick={() => void remove()}
          >
            {step.value === 'deleting' ? w.deleting : w.deleteYes}
          </button>
          <button
            ref={keep}
            type="button"
            class="button-quiet"
            disabled={step.value === 'deleting'}
            onClick={() => (step.value = 'idle')}
          >
            {w.keep}
          </button>
        </div>
      )}
      {failure.value !== null && (
        <p class="fault" role="alert">
          {sentence(failure.value, words.value)}
        </p>
      )}
    </section>
  );
}
