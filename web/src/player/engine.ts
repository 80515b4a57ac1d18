import type Hls from 'hls.js';
import type { HlsConfig } from 'hls.js';

export type Engine = typeof Hls;

let loading: Promise<Engine> | null = null;

/** Fetch hls.js; play buttons call this when pointed at, so that the press itself waits less. */
export function loadEngine(): Promise<Engine> {
  loading ??= import('hls.js/light').then((module) => module.default);
  loading.catch(() => {
    loading = null; // the next press tries again
  });
  return loading;
}

export function preloadEngine(): void {
  loadEngine().catch(() => undefined);
}

/** The server holds a segment that is being made for 10 s; the client must outwait it. */
const PATIENCE = {
  default: {
    maxTimeToFirstByteMs: 15_000,
    maxLoadTimeMs: 60_000,
    timeoutRetry: { maxNumRetry: 3, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 5, retryDelayMs: 700, maxRetryDelayMs: 6_000 },
  },
};

/** Seconds to load ahead: in waiting, as heard, and as heard where data is dear. */
export const AHEAD = {
  waiting: { maxBufferLength: 6, maxMaxBufferLength: 8 },
  heard: { maxBufferLength: 45, maxMaxBufferLength: 180 },
  saver: { maxBufferLength: 18, maxMaxBufferLength: 30 },
} as const;

export const engineConfig: Partial<HlsConfig> = {
  autoStartLoad: false, // the first rung is chosen once the rungs are known
  enableWorker: false, // fMP4 passes through; there is nothing to transmux
  startFragPrefetch: true,
  testBandwidth: false,
  abrEwmaDefaultEstimate: 400_000,
  backBufferLength: 60,
  fragLoadPolicy: PATIENCE,
};
