import { Icon } from '../parts/icon.tsx';
import { words } from '../words/index.ts';
import { preloadEngine } from './engine.ts';
import { current, next, previous, queue, toggle, waiting, wanted } from './player.ts';
import { following } from './queue.ts';

/** Previous, play, next. */
export function Transport() {
  const w = words.value.player;
  const idle = current.value === null;
  const loading = wanted.value && waiting.value;
  return (
    <div class="transport">
      <button
        type="button"
        class="button-icon transport-previous"
        disabled={idle}
        aria-label={w.previous}
        title={w.previous}
        onClick={previous}
      >
        <Icon name="previous" />
      </button>
      <button
        type="button"
        class={loading ? 'button-play button-loading' : 'button-play'}
        disabled={idle}
        aria-label={wanted.value ? w.pause : w.play}
        aria-busy={loading}
        onPointerEnter={preloadEngine}
        onFocus={preloadEngine}
        onClick={toggle}
      >
        <Icon name={wanted.value ? 'pause' : 'play'} />
      </button>
      <button
        type="button"
        class="button-icon transport-next"
        disabled={following(queue.value) === null}
        aria-label={w.next}
        title={w.next}
        onClick={next}
      >
        <Icon name="next" />
      </button>
    </div>
  );
}
