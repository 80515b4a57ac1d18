import { Icon } from '../parts/icon.tsx';
import { words } from '../words/index.ts';
import { refused } from './choice.ts';
import type { FailureKind } from './deck.ts';
import { type Failure, failure, next, queue, retry, retryChoice } from './player.ts';
import type { Choice } from './quality.ts';
import { following } from './queue.ts';
import { rungName } from './rung_name.ts';

/** Why the sound stopped, or goes on otherwise than wished; it waits here until someone decides. */
export function FailureLine() {
  if (failure.value) return <Stopped failure={failure.value} />;
  return refused.value && <Refused wish={refused.value} />;
}

function Refused({ wish }: { readonly wish: Choice }) {
  const w = words.value.player;
  return (
    <div class="failure-line" role="alert">
      <Icon name="warning" />
      <span class="failure-text">
        {w.notSwitched(wish.saver ? w.saver : rungName(wish.quality))}
      </span>
      <button type="button" class="button-quiet" onClick={retryChoice}>
        {w.retry}
      </button>
      <button
        type="button"
        class="button-icon"
        aria-label={words.value.shell.close}
        onClick={() => {
          refused.value = null;
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function Stopped({ failure }: { readonly failure: Failure }) {
  const w = words.value.player;
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
      <span class="failure-text">{texts[failure.kind](failure.title)}</span>
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
