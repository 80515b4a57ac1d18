import { computed, useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { bytes, remaining, speed } from '../figures.ts';
import { Cover } from '../parts/cover.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { PlayButton } from '../player/play_button.tsx';
import { trackPath } from '../shell/route.ts';
import { known } from '../tracks/known.ts';
import { type Details, faultOf, levelled, nameOf, type Track } from '../tracks/model.ts';
import { language, words } from '../words/index.ts';
import { detail, saveTyped, typeDetail } from './details.ts';
import { StageLine } from './stage_line.tsx';
import { faultText, transferTrouble, unusable } from './trouble.ts';
import type { Upload } from './upload.ts';
import { UploadWave } from './upload_wave.tsx';
import { dismiss, isReady, refusedTrack, retryUpload } from './uploads.ts';

/** One file, from the first byte to the ready track. */
export function UploadCard({ upload }: { readonly upload: Upload }) {
  const track = useComputed(() => {
    const id = upload.trackId.value;
    return id === null ? null : (known(id)?.value ?? null);
  });
  const failed = upload.phase.value === 'failed' || refusedTrack(upload) !== null;
  return (
    <li class={failed ? 'card upload upload-failed' : 'card upload'} aria-label={upload.file.name}>
      <div class="upload-head">
        <Cover track={track.value} />
        <div class="upload-name">
          <strong class="ellipsis">{upload.file.name}</strong>
          <Figures upload={upload} />
        </div>
        <Actions upload={upload} track={track.value} failed={failed} />
      </div>
      {failed ? (
        <Trouble upload={upload} />
      ) : (
        <>
          {upload.phase.value !== 'waiting' && (
            <>
              <UploadWave upload={upload} />
              <StageLine upload={upload} />
            </>
          )}
          <DetailFields upload={upload} />
          {track.value?.duplicate_of && <Duplicate of={track.value.duplicate_of} />}
        </>
      )}
    </li>
  );
}

function Figures({ upload }: { readonly upload: Upload }) {
  const { upload: w } = words.value;
  const text = useMemo(() => computed(() => figures(upload)), [upload]);
  const saving = { nothing: '', saving: w.saving, saved: w.saved, failed: w.notSaved };
  return (
    <p class="upload-figures">
      <span>{text}</span>
      {upload.saving.value !== 'nothing' && <span> · {saving[upload.saving.value]}</span>}
    </p>
  );
}

function figures(upload: Upload): string {
  const [w, tongue] = [words.value, language.value];
  const size = bytes(upload.file.size, tongue, w);
  if (upload.phase.value === 'waiting') return `${size} · ${w.upload.waiting}`;
  if (upload.phase.value === 'failed') return size;
  if (upload.phase.value === 'arrived')
    return inLine(upload) ? `${size} · ${w.upload.waiting}` : size;
  const [sent, pace] = [upload.sent.value, upload.speed.value];
  if (sent >= upload.file.size) return `${size} · ${w.upload.storing}`;
  const parts = [w.upload.bytes(bytes(sent, tongue, w), size)];
  if (pace) parts.push(speed(pace, tongue, w));
  if (pace) parts.push(w.upload.left(remaining((upload.file.size - sent) / pace)));
  return parts.join(' · ');
}

/** Received, and not begun yet: the server takes one song after another. */
function inLine(upload: Upload): boolean {
  return upload.watching.value?.journey.value.point === 'received' && !isReady(upload);
}

function Duplicate({ of: earlier }: { readonly of: string }) {
  const { upload: w } = words.value;
  return (
    <p class="hint">
      {w.duplicate} <a href={trackPath(earlier)}>{w.earlier}</a>
    </p>
  );
}

interface ActionsProps {
  readonly upload: Upload;
  readonly track: Track | null;
  readonly failed: boolean;
}

function Actions({ upload, track, failed }: ActionsProps) {
  const { upload: w } = words.value;
  const sending = upload.phase.value === 'sending' || upload.phase.value === 'waiting';
  const name = upload.file.name;
  return (
    <div class="upload-actions">
      {track && !failed && <PlayWhenPlayable track={track} />}
      {track && !failed && (
        <a class="button-quiet" href={trackPath(track.id)} aria-label={w.openNamed(nameOf(track))}>
          {w.open}
        </a>
      )}
      <button
        type="button"
        class={sending ? 'button-quiet upload-dismiss' : 'button-icon upload-dismiss'}
        aria-label={sending ? w.cancelNamed(name) : w.dismissNamed(name)}
        title={sending ? undefined : w.dismiss}
        onClick={() => dismiss(upload)}
      >
        {sending ? w.cancel : <Icon name="close" />}
      </button>
    </div>
  );
}

function PlayWhenPlayable({ track }: { readonly track: Track }) {
  if (!track.playable) return null;
  return (
    <span class="upload-play">
      {!levelled(track) && <span class="chip">{words.value.upload.beforeLevelling}</span>}
      <PlayButton track={track} class="button-play" />
    </span>
  );
}

function Trouble({ upload }: { readonly upload: Upload }) {
  const { upload: w } = words.value;
  const name = upload.file.name;
  const track = refusedTrack(upload);
  const fault = track && faultOf(track);
  const text = fault
    ? faultText(fault, words.value)
    : transferTrouble(upload.failure.value, upload.sent.value, language.value, words.value);
  const title = fault || unusable(upload.failure.value) ? w.refusedTitle : w.failedTitle;
  return (
    <Notice title={title(name)} text={text}>
      <button
        type="button"
        class="button-quiet"
        aria-label={w.retryNamed(name)}
        onClick={() => retryUpload(upload)}
      >
        <Icon name="retry" /> {w.retry}
      </button>
    </Notice>
  );
}

const fields: readonly (keyof Details)[] = ['title', 'artist', 'album'];

function DetailFields({ upload }: { readonly upload: Upload }) {
  const { upload: w } = words.value;
  const labels = { title: w.trackTitle, artist: w.artist, album: w.album };
  return (
    <fieldset class="upload-details">
      <legend class="visually-hidden">{w.details(upload.file.name)}</legend>
      {fields.map((field) => (
        <label key={field} class="inline-field">
          <span>{labels[field]}</span>
          <input
            value={detail(upload, field)}
            maxLength={300}
            autocomplete="off"
            onInput={(event) => typeDetail(upload, field, event.currentTarget.value)}
            onBlur={() => void saveTyped(upload)}
          />
        </label>
      ))}
    </fieldset>
  );
}
