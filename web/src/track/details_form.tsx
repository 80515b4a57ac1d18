import { useSignal } from '@preact/signals';
import { sentence } from '../api/sentence.ts';
import { Field } from '../parts/field.tsx';
import { ChangedElsewhere, changeTrack } from '../tracks/change.ts';
import { known } from '../tracks/known.ts';
import { type Details, nameOf, type Track } from '../tracks/model.ts';
import { words } from '../words/index.ts';

const fields: readonly (keyof Details)[] = ['title', 'artist', 'album'];

/** Title, artist and album; what is typed survives facts that arrive meanwhile. */
export function DetailsForm({ track }: { readonly track: Track }) {
  const { track: w, upload } = words.value;
  const typed = useSignal<Partial<Details>>({});
  const base = useSignal(track);
  const state = useSignal<'idle' | 'saving' | 'saved'>('idle');
  const failure = useSignal<unknown>(null);
  const labels = { title: upload.trackTitle, artist: upload.artist, album: upload.album };
  const untouched = Object.keys(typed.value).length === 0;

  const save = async (event: Event) => {
    event.preventDefault();
    state.value = 'saving';
    failure.value = null;
    try {
      await changeTrack(track.id, trimmed(typed.value), base.value);
      typed.value = {};
      state.value = 'saved';
    } catch (error) {
      failure.value = error;
      state.value = 'idle';
    }
    base.value = known(track.id)?.peek() ?? track; // seen now, so a second save is meant
  };
  return (
    <section aria-labelledby="details">
      <h2 id="details">{w.edit}</h2>
      <form class="details-form" onSubmit={(event) => void save(event)}>
        {fields.map((field) => (
          <Field
            key={field}
            label={labels[field]}
            value={typed.value[field] ?? (field === 'title' ? nameOf(track) : track[field]) ?? ''}
            maxLength={300}
            autocomplete="off"
            required={field === 'title'}
            onInput={(event) => {
              if (Object.keys(typed.value).length === 0) base.value = track;
              typed.value = { ...typed.value, [field]: event.currentTarget.value };
              state.value = 'idle';
            }}
          />
        ))}
        <div class="form-end">
          <button type="submit" class="button" disabled={untouched || state.value === 'saving'}>
            {w.save}
          </button>
          <span role="status" class="hint">
            {state.value === 'saved' ? w.saved : ''}
          </span>
        </div>
        {failure.value !== null && (
          <p class="fault" role="alert">
            {failure.value instanceof ChangedElsewhere
              ? w.changedElsewhere
              : sentence(failure.value, words.value)}
          </p>
        )}
      </form>
    </section>
  );
}

function trimmed(typed: Partial<Details>): Partial<Details> {
  return Object.fromEntries(
    Object.entries(typed).map(([field, text]) => [field, text?.trim() || null]),
  );
}
