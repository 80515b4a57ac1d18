import type { ComponentChildren } from 'preact';
import { Sea } from '../waveform/swell.tsx';
import { words } from '../words/index.ts';

/** What a guest meets first: the sea, one sentence, and the form. */
export function Gate({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="gate">
      <p class="gate-claim">{words.value.account.claim}</p>
      {children}
      <Sea />
    </div>
  );
}
