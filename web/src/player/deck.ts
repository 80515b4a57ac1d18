import type Hls from 'hls.js';
import type { ErrorData } from 'hls.js';
import type { Track } from '../tracks/model.ts';
import { AHEAD, type Engine, engineConfig, loadEngine } from './engine.ts';
import { type Choice, type Rung, rungOf, saverCap, startRung } from './quality.ts';

export type FailureKind = 'offline' | 'network' | 'gone' | 'media' | 'engine' | 'blocked' | 'early';

/** What lies on a deck: a track in one revision, lossy or lossless. */
export interface Cargo {
  readonly track: Track;
  readonly source: string;
  readonly lossless: boolean;
}

export interface DeckListener {
  failed(deck: Deck, kind: FailureKind): void;
  switched(deck: Deck): void;
}

const GONE = new Set([401, 403, 404, 410]);

/** One audio element with its engine. Two decks let one play while the other gets ready. */
export class Deck {
  readonly audio = new Audio();
  cargo: Cargo | null = null;
  rungs: readonly Rung[] = [];
  /** False until the element stands where it was sent: before that its clock says nothing. */
  placed = false;
  #at = 0;
  #hls: Hls | null = null;
  #listener: DeckListener;
  #recovered = false;

  constructor(listener: DeckListener) {
    this.#listener = listener;
    this.audio.preload = 'auto';
    this.audio.addEventListener('canplay', () => {
      this.placed = this.cargo !== null;
    });
  }

  /** Load from `at` seconds; anything loaded before is dropped. */
  async load(cargo: Cargo, at: number, choice: Choice): Promise<void> {
    this.release();
    this.cargo = cargo;
    this.#at = at;
    const engine = await loadEngine().catch(() => null);
    if (this.cargo !== cargo) return; // something else was loaded meanwhile
    if (!engine) this.#listener.failed(this, 'engine');
    else if (engine.isSupported()) this.#attach(engine, cargo, choice);
    else this.#native(cargo);
  }

  release(): void {
    this.audio.pause();
    this.cargo = null;
    this.rungs = [];
    this.placed = false;
    this.#recovered = false;
    this.#hls?.destroy();
    this.#hls = null;
    if (this.audio.hasAttribute('src')) {
      this.audio.removeAttribute('src');
      this.audio.load();
    }
  }

  /** Go on loading after the network came back. False where only a new load helps. */
  resume(): boolean {
    if (!this.#hls || this.rungs.length === 0) return false;
    this.#hls.startLoad(this.audio.currentTime);
    return true;
  }

  seek(seconds: number): void {
    this.#at = seconds;
    if (this.placed) this.audio.currentTime = seconds;
    else if (this.#hls && this.rungs.length > 0) this.#hls.startLoad(seconds);
  }

  /** Load as far ahead as a track that is heard may; one in waiting holds its beginning only. */
  unfold(saver: boolean): void {
    if (this.#hls) Object.assign(this.#hls.config, saver ? AHEAD.saver : AHEAD.heard);
  }

  /** The rung one hears now. */
  get rung(): Rung | null {
    return this.rungs[this.#hls?.currentLevel ?? -1] ?? null;
  }

  get secondsAhead(): number {
    const { buffered, currentTime } = this.audio;
    for (let range = 0; range < buffered.length; range += 1) {
      const inside = buffered.start(range) <= currentTime + 0.1;
      if (inside && buffered.end(range) > currentTime) return buffered.end(range) - currentTime;
    }
    return 0;
  }

  #attach(engine: Engine, cargo: Cargo, choice: Choice): void {
    const hls = new engine({ ...engineConfig, ...AHEAD.waiting });
    this.#hls = hls;
    hls.on(engine.Events.MANIFEST_PARSED, () => {
      this.rungs = hls.levels.map(({ uri, bitrate }) => ({ name: rungOf(uri), rate: bitrate }));
      this.#begin(hls, cargo.lossless ? { ...choice, quality: 'auto' } : choice);
    });
    hls.on(engine.Events.LEVEL_SWITCHED, () => this.#listener.switched(this));
    hls.on(engine.Events.ERROR, (_, data) => this.#failed(engine, hls, data));
    hls.attachMedia(this.audio);
    hls.loadSource(cargo.source);
  }

  #begin(hls: Hls, choice: Choice): void {
    const start = startRung(this.rungs, choice.quality, choice.saver);
    hls.startLevel = start;
    if (choice.quality === 'auto') hls.autoLevelCapping = saverCap(this.rungs, choice.saver);
    else hls.loadLevel = start;
    hls.startLoad(this.#at);
  }

  #native(cargo: Cargo): void {
    this.audio.src = cargo.source;
    this.audio.addEventListener('loadedmetadata', () => (this.audio.currentTime = this.#at), {
      once: true,
    });
    this.audio.addEventListener('error', () => this.#listener.failed(this, 'media'), {
      once: true,
    });
  }

  #failed(engine: Engine, hls: Hls, data: ErrorData): void {
    if (!data.fatal) return;
    if (data.type === engine.ErrorTypes.MEDIA_ERROR && !this.#recovered) {
      this.#recovered = true;
      hls.recoverMediaError();
      return;
    }
    this.#listener.failed(this, kindOf(engine, data));
  }
}

function kindOf(engine: Engine, data: ErrorData): FailureKind {
  if (data.type !== engine.ErrorTypes.NETWORK_ERROR) return 'media';
  if (GONE.has(data.response?.code ?? 0)) return 'gone';
  return navigator.onLine ? 'network' : 'offline';
}
