import { changeTrack } from '../tracks/change.ts';
import { known } from '../tracks/known.ts';
import { type Details, stem } from '../tracks/model.ts';
import type { Upload } from './upload.ts';

/** Title, artist and album of an upload: from the tags, unless the person typed something. */

const PAUSE_MS = 700;
const pauses = new WeakMap<Upload, ReturnType<typeof setTimeout>>();

export function detail(upload: Upload, field: keyof Details): string {
  const typed = upload.typed.value[field];
  if (typed !== undefined) return typed ?? '';
  const id = upload.trackId.value;
  const found = id === null ? null : known(id)?.value[field];
  return found ?? (field === 'title' ? stem(upload.file.name) : '');
}

export function typeDetail(upload: Upload, field: keyof Details, text: string): void {
  upload.typed.value = { ...upload.typed.value, [field]: text };
  clearTimeout(pauses.get(upload));
  pauses.set(
    upload,
    setTimeout(() => void saveTyped(upload), PAUSE_MS),
  );
}

/** Send what was typed; before the server knows the track it waits here. */
export async function saveTyped(upload: Upload): Promise<void> {
  const id = upload.trackId.peek();
  const typed = upload.typed.peek();
  if (id === null || Object.keys(typed).length === 0) return;
  clearTimeout(pauses.get(upload));
  upload.saving.value = 'saving';
  try {
    await changeTrack(id, cleaned(typed));
    if (upload.typed.peek() === typed) upload.saving.value = 'saved';
  } catch {
    upload.saving.value = 'failed';
  }
}

/** Emptied means none; only the title stays, since a track is never nameless. */
function cleaned(typed: Partial<Details>): Partial<Details> {
  const entries = Object.entries(typed).map(([field, text]) => [field, text?.trim() || null]);
  return Object.fromEntries(entries.filter(([field, text]) => field !== 'title' || text !== null));
}
