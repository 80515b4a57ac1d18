import { type Signal, signal } from '@preact/signals';
import type { Details } from '../tracks/model.ts';
import type { Watching } from '../tracks/watching.ts';

/** A file on its way from the disk to the library. */
export interface Upload {
  readonly key: number;
  readonly file: File;
  readonly phase: Signal<Phase>;
  readonly sent: Signal<number>;
  readonly speed: Signal<number | null>;
  readonly tookMs: Signal<number | null>;
  readonly failure: Signal<unknown>;
  readonly trackId: Signal<string | null>;
  readonly watching: Signal<Watching | null>;
  /** What the person typed; it wins over the tags of the file. */
  readonly typed: Signal<Partial<Details>>;
  readonly saving: Signal<Saving>;
  abort: AbortController;
}

export type Saving = 'nothing' | 'saving' | 'saved' | 'failed';
export type Phase = 'waiting' | 'sending' | 'arrived' | 'failed';

let keys = 0;

export function newUpload(file: File): Upload {
  keys += 1;
  return {
    key: keys,
    file,
    phase: signal<Phase>('waiting'),
    sent: signal(0),
    speed: signal<number | null>(null),
    tookMs: signal<number | null>(null),
    failure: signal<unknown>(null),
    trackId: signal<string | null>(null),
    watching: signal<Watching | null>(null),
    typed: signal<Partial<Details>>({}),
    saving: signal<Saving>('nothing'),
    abort: new AbortController(),
  };
}
