import { Icon } from '../parts/icon.tsx';
import { words } from '../words/index.ts';
import type { FailureKind } from './deck.ts';
import { failure, next, queue, retry } from './player.ts';
import { following } from './queue.ts';

/** Why the sound stopped; it waits here until someone decides. */
export function FailureLine() {
  const w = words.value.player;
  if (!failure.value) return null;
  const texts: Readonly<Record<FailureKind, (title: string) => string>> = {
    offline: w.failedOffline,
    network: w.failedNetwork,
    gone: w.failedGone,
    media: w.failedMedia,
    engine: w.failedEngine,
    blocked: w.failedBlocked,
    early: w.failedNotReady,
  };
  return (
    <div class="failure-line" role="alert">
      <Icon name="warning" />
      <span class="failure-text">{texts[failure.value.kind](failure.value.title)}</span>
      <button type="button" class="button-quiet" onClick={retry}>
        {w.retry}
      </button>
      {following(queue.value) && (
        <button type="button" class="button-quiet" onClick={next}>
          {w.skip}
        </button>
      )}
    </div>
  );
}
