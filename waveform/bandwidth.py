"""Up to which frequency there is sound: two long windows a second, counted by band and level.

Only the counts are kept, so that memory does not grow with the programme. Judged is the level that
each band exceeds in one window out of twenty: an average would be pulled down by pauses, and a
maximum up by a single click. What it exceeds in every other window is judged too, since some
encoders leave the highest frequencies only to beats.
"""

from math import log2

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal.windows import blackmanharris

from waveform.bandwidth_verdict import BAND, Bandwidth, judged

WINDOWS_A_SECOND = 2
RESOLUTION = 5.6  # Hz between bins, nearly: 8,192 samples at 44.1 and 48 kHz
HIGHEST = 48_000  # Hz; beyond it nothing is sought
LOWEST_RATE = 8_000  # Hz
QUIETEST = 1e-6  # mean square of a window that counts: -60 dBFS
FEWEST = 8  # windows that make a verdict
LEVELS = 200  # steps of 1 dB
BOTTOM = -160.0  # dB below a full-scale sine, the lowest of them
OFTEN, MOSTLY = 0.95, 0.5  # of windows


class BandwidthFinder:
    """Every block but the last is a whole second; windows look at the channels in turn."""

    def __init__(self, rate: int, channels: int) -> None:
        self._channels = channels
        self._length = 1 << round(log2(rate / RESOLUTION))
        self._starts = [rate * part // WINDOWS_A_SECOND for part in range(WINDOWS_A_SECOND)]
        window = blackmanharris(self._length, sym=False)
        self._window = (window * (2 / window.sum())).astype(np.float32)
        bands = min(rate // 2, HIGHEST) // BAND if rate >= LOWEST_RATE else 0
        self._edges = np.arange(bands + 1) * BAND * self._length // rate
        self._every = np.arange(bands)
        self._counts = np.zeros((bands, LEVELS), np.uint32)
        self._windows = 0
        self._turn = 0

    def add(self, block: NDArray[np.float32]) -> None:
        for start in self._starts if self._every.size else ():
            channel = block[self._turn % self._channels]
            self._turn += 1
            piece = channel[start : start + self._length]
            if piece.size == self._length and (piece * piece).mean() >= QUIETEST:
                self._count(piece)

    def finish(self) -> Bandwidth | None:
        """Return nothing where too little was heard."""
        if self._windows < FEWEST:
            return None
        return judged(self._levels(OFTEN), self._levels(MOSTLY))

    def _levels(self, share: float) -> NDArray[np.float64]:
        reached = np.cumsum(self._counts, axis=1) >= share * self._windows
        levels: NDArray[np.float64] = reached.argmax(axis=1) + BOTTOM
        return levels

    def _count(self, piece: NDArray[np.float32]) -> None:
        spectrum = rfft(piece * self._window)[: self._edges[-1]]
        powers = np.add.reduceat(spectrum.real**2 + spectrum.imag**2, self._edges[:-1])
        levels = 10 * np.log10(np.maximum(powers, 1e-30)) - BOTTOM
        self._counts[self._every, np.clip(levels, 0, LEVELS - 1).astype(np.intp)] += 1
        self._windows += 1
