import { effect } from '@preact/signals';
import { nameOf, type Track } from '../tracks/model.ts';
import {
  current,
  duration,
  next,
  pause,
  play,
  position,
  previous,
  queue,
  seek,
  seekBy,
  wanted,
} from './player.ts';
import { following } from './queue.ts';

/** The keys of the keyboard, headset and lock screen, and what they show. */
export function connectMediaSession(): void {
  if (!('mediaSession' in navigator)) return;
  const session = navigator.mediaSession;
  effect(() => {
    session.metadata = current.value ? shown(current.value) : null;
  });
  effect(() => {
    session.playbackState = current.value ? (wanted.value ? 'playing' : 'paused') : 'none';
  });
  connectPosition(session);
  connectActions(session);
}

function shown(track: Track): MediaMetadata {
  const cover = track.urls.cover;
  return new MediaMetadata({
    title: nameOf(track),
    artist: track.artist ?? '',
    album: track.album ?? '',
    artwork: cover ? [{ src: new URL(cover, location.href).href }] : [],
  });
}

function connectPosition(session: MediaSession): void {
  let told = Number.NaN;
  effect(() => {
    const [length, at] = [duration.value, position.value];
    // The system counts on by itself; it needs to know of jumps, and the second now and then.
    if (length <= 0 || Math.abs(at - told) < 1) return;
    told = at;
    session.setPositionState({ duration: length, position: Math.min(at, length), playbackRate: 1 });
  });
}

function connectActions(session: MediaSession): void {
  const on = (action: MediaSessionAction, react: MediaSessionActionHandler) => {
    try {
      session.setActionHandler(action, react);
    } catch {
      // Not every browser knows every action.
    }
  };
  on('play', play);
  on('pause', pause);
  on('previoustrack', previous);
  on('seekbackward', ({ seekOffset }) => seekBy(-(seekOffset ?? 5)));
  on('seekforward', ({ seekOffset }) => seekBy(seekOffset ?? 5));
  on('seekto', ({ seekTime }) => seek(seekTime ?? 0));
  effect(() => {
    session.setActionHandler('nexttrack', following(queue.value) ? next : null);
  });
}
