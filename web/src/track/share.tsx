import { useSignal } from '@preact/signals';
import { sentence } from '../api/sentence.ts';
import { copyText } from '../parts/copy.ts';
import { Icon } from '../parts/icon.tsx';
import { trackPath } from '../shell/route.ts';
import { changeTrack } from '../tracks/change.ts';
import { type Track, type Visibility, visibilities } from '../tracks/model.ts';
import { words } from '../words/index.ts';

/** The link, and who can open it. */
export function Share({ track, mine }: { readonly track: Track; readonly mine: boolean }) {
  const w = words.value.track;
  return (
    <section class="share" aria-labelledby="share">
      <h2 id="share">{w.share}</h2>
      <div class="share-body">
        <Link track={track} />
        {mine && <VisibilityChoice track={track} />}
      </div>
    </section>
  );
}

function Link({ track }: { readonly track: Track }) {
  const w = words.value.track;
  const copied = useSignal(false);
  const link = new URL(trackPath(track.id), location.href).href;
  const copy = async () => {
    copied.value = await copyText(link);
    setTimeout(() => {
      copied.value = false;
    }, 2_000);
  };
  return (
    <div class="share-link">
      <input
        readOnly
        aria-label={w.link}
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" class="button-quiet" onClick={() => void copy()}>
        <Icon name={copied.value ? 'check' : 'copy'} />
        <span aria-live="polite">{copied.value ? w.copied : w.copy}</span>
      </button>
      {track.urls.download && (
        <a class="button-quiet" href={track.urls.download} download>
          <Icon name="download" /> {w.download}
        </a>
      )}
    </div>
  );
}

function VisibilityChoice({ track }: { readonly track: Track }) {
  const { track: w, visibility } = words.value;
  const coming = useSignal<Visibility | null>(null);
  const failure = useSignal<unknown>(null);
  const hints: Readonly<Record<Visibility, string>> = {
    public: visibility.publicHint,
    unlisted: visibility.unlistedHint,
    private: visibility.privateHint,
  };
  const choose = async (chosen: Visibility) => {
    coming.value = chosen;
    failure.value = null;
    try {
      await changeTrack(track.id, { visibility: chosen });
    } catch (error) {
      failure.value = error;
    }
    coming.value = null;
  };
  const shown = coming.value ?? track.visibility;
  return (
    <fieldset class="choices" aria-busy={coming.value !== null}>
      <legend>{w.visibilityTitle}</legend>
      {visibilities.map((name) => (
        <label key={name} class={name === shown ? 'choice choice-on' : 'choice'}>
          <input
            type="radio"
            name="visibility"
            value={name}
            checked={name === shown}
            onChange={() => void choose(name)}
          />
          <Icon name={name} />
          <span class="choice-text">
            <strong>{visibility[name]}</strong>
            <span class="hint">{hints[name]}</span>
          </span>
        </label>
      ))}
      {failure.value !== null && (
        <p class="fault" role="alert">
          {sentence(failure.value, words.value)}
        </p>
      )}
    </fieldset>
  );
}
