import { Icon } from '../parts/icon.tsx';
import { nameOf, type Track } from '../tracks/model.ts';
import { words } from '../words/index.ts';
import { preloadEngine } from './engine.ts';
import { isPlaying, toggleTrack } from './player.ts';

interface PlayButtonProps {
  readonly track: Track;
  /** The list that the track was shown in: it becomes the queue. */
  readonly among?: () => readonly string[];
  readonly class?: string;
}

/** Plays a track or holds it; pointing at it already fetches the engine. */
export function PlayButton({ track, among, class: style = 'button-play' }: PlayButtonProps) {
  const { library: w } = words.value;
  const playing = isPlaying(track.id);
  const name = nameOf(track);
  return (
    <button
      type="button"
      class={style}
      disabled={!track.playable}
      aria-label={playing ? w.pause(name) : w.play(name)}
      onPointerEnter={preloadEngine}
      onFocus={preloadEngine}
      onClick={() => toggleTrack(track.id, among?.() ?? [track.id])}
    >
      <Icon name={playing ? 'pause' : 'play'} />
    </button>
  );
}
