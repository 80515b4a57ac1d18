import { useComputed } from '@preact/signals';
import { signedIn } from '../api/session.ts';
import { clock } from '../figures.ts';
import { Cover } from '../parts/cover.tsx';
import { Icon } from '../parts/icon.tsx';
import { queueOpen, sheetOpen } from '../shell/panels.ts';
import { trackPath } from '../shell/route.ts';
import { levelled, nameOf, type Track } from '../tracks/model.ts';
import { watchingOf } from '../tracks/watching.ts';
import { useGrowing } from '../waveform/use_growing.ts';
import { words } from '../words/index.ts';
import { FailureLine } from './failure_line.tsx';
import { current, duration, playedFraction, position, queue, seek, slow } from './player.ts';
import { QualityMenu } from './quality_menu.tsx';
import { Scrubber } from './scrubber.tsx';
import { Transport } from './transport.tsx';
import { VolumeControl } from './volume_control.tsx';

/** The player at the foot of every view. It is mounted once and stays. */
export function Dock() {
  const w = words.value.player;
  const track = current.value;
  return (
    <section class="dock" aria-label={w.region} hidden={!track && !signedIn.value}>
      <FailureLine />
      <div class={track ? 'dock-line' : 'dock-line dock-idle'}>
        <Piece track={track} />
        <Transport />
        <DockTimeline track={track} />
        <div class="dock-tools">
          <QualityMenu />
          <VolumeControl />
          <QueueToggle />
        </div>
        <HairlineProgress />
      </div>
    </section>
  );
}

function Piece({ track }: { readonly track: Track | null }) {
  const w = words.value.player;
  if (!track) {
    return (
      <div class="dock-piece">
        <Cover track={null} />
        <span class="dock-name hint">{w.idle}</span>
      </div>
    );
  }
  return (
    <div class="dock-piece">
      <Cover track={track} eager />
      <span class="dock-name">
        <a class="dock-title ellipsis" href={trackPath(track.id)}>
          {nameOf(track)}
        </a>
        <span class="dock-artist ellipsis">{underTitle(track)}</span>
      </span>
      <button
        type="button"
        class="dock-expand"
        aria-label={w.expand}
        onClick={() => {
          sheetOpen.value = true;
        }}
      >
        <Icon name="chevron-up" />
      </button>
    </div>
  );
}

function underTitle(track: Track): string | null {
  const w = words.value.player;
  if (slow.value) return w.loading;
  return levelled(track) ? track.artist : w.beforeLevelling;
}

const POINTS = 180;

function DockTimeline({ track }: { readonly track: Track | null }) {
  const w = words.value.player;
  const { shape, part } = useGrowing(track, watchingOf(track?.id ?? ''), POINTS);
  const elapsed = useComputed(() => clock(position.value));
  return (
    <div class="dock-timeline">
      <span class="dock-time">{elapsed}</span>
      <Scrubber
        label={w.seek}
        shape={shape}
        part={part}
        position={position}
        duration={duration.value}
        disabled={!track}
        seek={seek}
      />
      <span class="dock-time">{clock(duration.value)}</span>
    </div>
  );
}

function QueueToggle() {
  const w = words.value.player;
  const ahead = Math.max(0, queue.value.items.length - queue.value.index - 1);
  return (
    <button
      type="button"
      class="button-icon queue-toggle"
      aria-label={w.queue}
      title={w.queue}
      aria-expanded={queueOpen.value}
      onClick={() => {
        queueOpen.value = !queueOpen.value;
      }}
    >
      <Icon name="queue" />
      {ahead > 0 && <span class="badge" data-count={ahead > 99 ? '99+' : ahead} />}
    </button>
  );
}

/** On a phone the dock has no room for the waveform; a hairline above it shows the way. */
function HairlineProgress() {
  const scale = useComputed(() => `scaleX(${playedFraction.value.toFixed(4)})`);
  return <div class="dock-hairline" aria-hidden="true" style={{ transform: scale.value }} />;
}
