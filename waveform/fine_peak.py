"""Peaks between samples, finer than a meter must be: eight points from each to the next.

The four-fold meter of BS.1770 reads a tone at 0.45 of the sampling rate up to 0.55 dB low; with
eight points it is 0.14 dB. A limiter follows this envelope, and what it made is checked by it.
"""

import numpy as np
from numpy.typing import NDArray

from waveform.interpolation import ROW, row_filter, rows

TIMES = 8
TAPS = 48
DELAY = TAPS // 2  # samples between what goes in and the envelope that comes out
KAISER_BETA = 9.0  # keeps mirror images 90 dB down


def _phases() -> NDArray[np.float32]:
    """Design a windowed sinc for each point between a sample and its successor."""
    offsets = np.arange(1 - DELAY, DELAY + 1) - np.arange(1, TIMES)[:, np.newaxis] / TIMES
    window = np.i0(KAISER_BETA * np.sqrt(1 - (offsets / DELAY) ** 2))
    sincs = np.sinc(offsets) * window
    return np.asarray(sincs / sincs.sum(axis=1, keepdims=True), np.float32)


PHASES = _phases()
# How far an interpolated point can rise above the samples it is made of.
BOUND = float(np.abs(PHASES).sum(axis=1).max())
# As rows of one point for each sample, one row for each phase: quick to reduce over the phases.
ROW_FILTER = (
    row_filter(PHASES)
    .reshape(-1, ROW, TIMES - 1)
    .transpose(0, 2, 1)
    .reshape(ROW + TAPS - 1, -1)
    .copy()
)
REACH = -(-(ROW + TAPS - 1) // ROW)  # rows of samples that a row of points is made of


class Envelope:
    """The highest magnitude of any channel, of each sample and of the points up to the next."""

    def __init__(self, channels: int) -> None:
        self._rest = np.zeros((channels, TAPS - 1), np.float32)

    def follow(self, block: NDArray[np.float32], *, above: float) -> NDArray[np.float32]:
        """Return as many heights as whole rows came in, `DELAY` samples behind them.

        Between samples too low to reach over `above` it does not look, which spares most of the
        work.
        """
        sound = np.concatenate([self._rest, block], axis=1)
        count = (sound.shape[1] - TAPS + 1) // ROW
        self._rest = sound[:, count * ROW :].copy()
        magnitudes = abs(sound)
        first = DELAY - 1
        heights = magnitudes[:, first : first + count * ROW].max(axis=0).reshape(count, ROW)
        for channel, magnitude in zip(sound, magnitudes, strict=True):
            _raise(heights, channel, magnitude, above)
        return np.ravel(heights)


def _raise(
    heights: NDArray[np.float32],
    channel: NDArray[np.float32],
    magnitude: NDArray[np.float32],
    above: float,
) -> None:
    """Lift the rows of heights, in place, to the points between the channel's samples."""
    if len(heights) == 0:
        return
    peaks = np.maximum.reduceat(magnitude, np.arange(0, magnitude.size, ROW))
    # The last window ends one sample short of a whole row.
    reach = np.lib.stride_tricks.sliding_window_view(peaks, REACH).max(axis=-1)[: len(heights)]
    promising = np.flatnonzero(reach * BOUND > above)
    if promising.size:
        points = rows(channel, TAPS)[promising] @ ROW_FILTER
        between = abs(points).reshape(-1, TIMES - 1, ROW).max(axis=1)
        heights[promising] = np.maximum(heights[promising], between)


class FinePeak:
    """The highest magnitude so far, of the samples and of eight points from each to the next."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._envelope = Envelope(channels)
        self.value = 0.0

    def add(self, block: NDArray[np.float32]) -> None:
        heights = self._envelope.follow(block, above=self.value)
        self.value = max(self.value, float(heights.max(initial=0.0)))

    def flush(self) -> None:
        """Let the last samples ring out into silence."""
        self.add(np.zeros((self._channels, TAPS + ROW), np.float32))
