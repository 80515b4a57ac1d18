import { useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { go } from '../shell/route.ts';
import { uploadFiles } from './uploads.ts';

interface ChooseProps {
  readonly label: string;
  readonly class: string;
}

/** A button that opens the file chooser. */
export function ChooseFiles({ label, class: style }: ChooseProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={style} onClick={() => input.current?.click()}>
        <Icon name="upload" /> <span class="button-text">{label}</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        accept="audio/*,video/*,.flac,.opus,.ogg,.oga,.aiff,.aif,.mka,.m4a,.wv,.ape,.wav,.caf"
        hidden
        aria-label={label}
        onChange={(event) => {
          receiveFiles(event.currentTarget.files ?? []);
          event.currentTarget.value = ''; // so that the same file can be chosen again
        }}
      />
    </>
  );
}

export function receiveFiles(files: Iterable<File>): void {
  const all = [...files];
  if (all.length === 0) return;
  go('/');
  uploadFiles(all);
}
