import { useComputed } from '@preact/signals';
import { clock } from '../figures.ts';
import { Cover } from '../parts/cover.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { sheetOpen } from '../shell/panels.ts';
import { trackPath } from '../shell/route.ts';
import { levelled, nameOf } from '../tracks/model.ts';
import { watchingOf } from '../tracks/watching.ts';
import { useGrowing } from '../waveform/use_growing.ts';
import { words } from '../words/index.ts';
import { FailureLine } from './failure_line.tsx';
import { current, duration, position, seek } from './player.ts';
import { QualityMenu } from './quality_menu.tsx';
import { QueueList } from './queue_list.tsx';
import { Scrubber } from './scrubber.tsx';
import { Transport } from './transport.tsx';
import { VolumeControl } from './volume_control.tsx';

/** The player over the whole window, as the dock of a phone opens it; the queue lies below. */
export function Sheet() {
  const w = words.value;
  return (
    <Dialog open={sheetOpen} class="sheet" label={w.player.nowPlaying}>
      <div class="sheet-head">
        <button
          type="button"
          class="button-icon"
          aria-label={w.player.collapse}
          onClick={() => {
            sheetOpen.value = false;
          }}
        >
          <Icon name="chevron-down" />
        </button>
        <QualityMenu />
      </div>
      <Playing />
      <section class="sheet-queue" aria-labelledby="sheet-queue">
        <h2 id="sheet-queue">{w.queue.title}</h2>
        <QueueList />
      </section>
    </Dialog>
  );
}

const POINTS = 150;

function Playing() {
  const w = words.value.player;
  const track = current.value;
  const { shape, part } = useGrowing(track, watchingOf(track?.id ?? ''), POINTS);
  const elapsed = useComputed(() => clock(position.value));
  if (!track) return <p class="hint">{w.idle}</p>;
  return (
    <>
      <Cover track={track} eager />
      <div class="sheet-name">
        <a
          class="sheet-title"
          href={trackPath(track.id)}
          onClick={() => {
            sheetOpen.value = false;
          }}
        >
          {nameOf(track)}
        </a>
        <span class="hint">{levelled(track) ? track.artist : w.beforeLevelling}</span>
      </div>
      <FailureLine />
      <Scrubber
        label={w.seek}
        shape={shape}
        part={part}
        position={position}
        duration={duration.value}
        seek={seek}
      />
      <div class="hero-times">
        <span>{elapsed}</span>
        <span>{clock(duration.value)}</span>
      </div>
      <Transport />
      <VolumeControl />
    </>
  );
}
