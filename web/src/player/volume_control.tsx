import { Icon } from '../parts/icon.tsx';
import { words } from '../words/index.ts';
import { muted, toggleMute, turnTo, volume } from './volume.ts';

export function VolumeControl() {
  const w = words.value.player;
  const silent = muted.value || volume.value === 0;
  const percent = Math.round((muted.value ? 0 : volume.value) * 100);
  return (
    <div class="volume">
      <button
        type="button"
        class="button-icon"
        aria-label={muted.value ? w.unmute : w.mute}
        title={muted.value ? w.unmute : w.mute}
        onClick={toggleMute}
      >
        <Icon name={silent ? 'muted' : 'volume'} />
      </button>
      <input
        type="range"
        class="volume-slider"
        min="0"
        max="100"
        step="1"
        aria-label={w.volume}
        aria-valuetext={w.percent(percent)}
        value={percent}
        style={{ '--level': `${percent}%` }}
        onInput={(event) => turnTo(event.currentTarget.valueAsNumber / 100)}
      />
    </div>
  );
}
