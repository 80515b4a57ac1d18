import { effect } from '@preact/signals';
import { announce } from '../shell/panels.ts';
import { known } from '../tracks/known.ts';
import { faultOf, levelled } from '../tracks/model.ts';
import { language, words } from '../words/index.ts';
import { faultText, transferTrouble } from './trouble.ts';
import type { Upload } from './upload.ts';
import { uploads } from './uploads.ts';

/** Tell people who do not see the cards what became of their files, once each. */
export function announceUploads(): void {
  const told = new Map<number, string>();
  effect(() => {
    for (const upload of uploads.value) {
      const text = news(upload);
      if (!text || told.get(upload.key) === text) continue;
      told.set(upload.key, text);
      announce(text);
    }
  });
}

function news(upload: Upload): string | null {
  const [w, name] = [words.value, upload.file.name];
  const id = upload.trackId.value;
  const track = id === null ? null : known(id)?.value;
  if (upload.phase.value === 'failed') {
    const why = transferTrouble(upload.failure.value, upload.sent.peek(), language.value, w);
    return w.upload.announceFailed(name, why);
  }
  if (upload.phase.value === 'sending') return w.upload.announceStart(name);
  if (!track) return null;
  const fault = faultOf(track);
  if (fault) return w.upload.announceFailed(name, faultText(fault, w));
  if (track.state === 'ready') return w.upload.announceReady(name);
  if (!track.playable) return w.upload.announceReceived(name);
  return levelled(track) ? null : w.upload.announcePlayable(name);
}
