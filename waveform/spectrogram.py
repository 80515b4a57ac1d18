"""How loud each frequency is over time, in at most 2,000 columns however long the programme is.

A column averages the power of as many windows as it must: when all are filled, each two become
one, and every later one takes twice as many windows. A row shows the strongest frequency in it,
window by window, so that it does not matter to the average when columns were joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal.windows import hann

MOST_COLUMNS = 2_000
MOST_ROWS = 512
WINDOWS_A_SECOND = 24  # nearly: they are a power of two long, 2,048 samples at 44.1 and 48 kHz
SHORTEST, LONGEST = 64, 32_768
LOWEST = 20.0  # Hz, at the bottom of a logarithmic picture
FLOOR = -120.0  # dB below a sine at full scale: what is drawn as nothing


class Scale(StrEnum):
    LINEAR = "linear"
    LOGARITHMIC = "logarithmic"


@dataclass(frozen=True, slots=True, eq=False)
class Spectrogram:
    """Levels from 0 (`FLOOR` or less) to 255 (a full-scale sine), the lowest frequency first.

    `edges` are in Hz, one more than rows; the last column may be a partial one.
    """

    rate: int
    samples: int
    samples_per_column: int
    scale: Scale
    edges: Sequence[float]
    levels: NDArray[np.uint8]  # (rows, columns)


class SpectrogramBuilder:
    """Fed with planar blocks; power is averaged over all channels."""

    def __init__(
        self, rate: int, channels: int, *, rows: int = 256, scale: Scale = Scale.LOGARITHMIC
    ) -> None:
        if not 1 <= rows <= MOST_ROWS:
            raise ValueError(f"{rows} rows; 1 to {MOST_ROWS} can be had")
        self._rate = rate
        self._scale = scale
        self._length = _window_length(rate)
        self._window = hann(self._length, sym=False).astype(np.float32)
        self._edges = _edges(rate, rows, scale)
        self._starts = _first_bins(self._edges, rate, self._length)
        self._rest = np.zeros((channels, 0), np.float32)
        self._columns = np.zeros((MOST_COLUMNS, rows), np.float32)
        self._filled = 0
        self._each = 1  # windows in a column
        self._sum = np.zeros(rows, np.float32)
        self._summed = 0
        self._samples = 0

    def add(self, block: NDArray[np.float32]) -> None:
        self._samples += block.shape[1]
        sound = np.concatenate([self._rest, block], axis=1)
        whole = sound.shape[1] // self._length * self._length
        self._rest = sound[:, whole:].copy()
        if whole:
            self._add_windows(sound[:, :whole])

    def finish(self) -> Spectrogram:
        """Close the last column, however few windows it has; nothing may be added after it."""
        left = self._rest.shape[1]
        if left:
            self._add_windows(np.pad(self._rest, ((0, 0), (0, self._length - left))))
            self._rest = self._rest[:, :0]
        if self._summed:
            self._close_column()
        return Spectrogram(
            self._rate,
            self._samples,
            self._each * self._length,
            self._scale,
            tuple(self._edges.tolist()),
            self._levels(self._columns[: self._filled]),
        )

    def _add_windows(self, sound: NDArray[np.float32]) -> None:
        windows = sound.reshape(len(sound), -1, self._length) * self._window
        magnitudes = abs(rfft(windows, axis=-1, overwrite_x=True))
        magnitudes *= magnitudes  # twice as fast as squaring real and imaginary parts
        powers = magnitudes.mean(axis=0)
        for power in np.maximum.reduceat(powers, self._starts, axis=1):
            if self._filled == MOST_COLUMNS:
                self._halve()
            self._sum += power
            self._summed += 1
            if self._summed == self._each:
                self._close_column()

    def _close_column(self) -> None:
        self._columns[self._filled] = self._sum / self._summed
        self._filled += 1
        self._sum[:] = 0
        self._summed = 0

    def _halve(self) -> None:
        half = MOST_COLUMNS // 2
        self._columns[:half] = (self._columns[::2] + self._columns[1::2]) / 2
        self._filled = half
        self._each *= 2

    def _levels(self, columns: NDArray[np.float32]) -> NDArray[np.uint8]:
        full_scale = (float(self._window.sum()) / 2) ** 2
        decibels = 10 * np.log10(np.maximum(columns / full_scale, 1e-30))
        steps = np.rint((decibels - FLOOR) * (255 / -FLOOR))
        return np.ascontiguousarray(np.clip(steps, 0, 255).astype(np.uint8).T)


def _window_length(rate: int) -> int:
    return min(LONGEST, max(SHORTEST, 1 << round(log2(rate / WINDOWS_A_SECOND))))


def _edges(rate: int, rows: int, scale: Scale) -> NDArray[np.float64]:
    if scale is Scale.LINEAR:
        return np.linspace(0, rate / 2, rows + 1)
    return np.geomspace(LOWEST, rate / 2, rows + 1)


def _first_bins(edges: NDArray[np.float64], rate: int, length: int) -> NDArray[np.intp]:
    """Return where each row begins; rows narrower than a bin repeat the one they lie in."""
    return np.minimum(np.rint(edges[:-1] * length / rate), ceil(length / 2)).astype(np.intp)
