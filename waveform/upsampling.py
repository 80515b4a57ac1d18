"""Brings low sampling rates to where K-weighting and true peak keep their accuracy."""

from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin

from waveform.interpolation import ROW, row_filter, rows

LOWEST = 32_000  # Hz; the bilinear K curve strays by 0.1 dB and more below
WANTED = 44_100
REACH = 48  # samples on either side that an interpolated one is made of
TAPS = 2 * REACH + 1
CUTOFF = 0.96  # of the source's Nyquist, so that its mirror image stays out


def factor(rate: int) -> int:
    """Say how many times a rate must be raised."""
    return 1 if rate >= LOWEST else ceil(WANTED / rate)


class Upsampler:
    """Raises the rate by a whole factor and keeps every sample where it was in time."""

    def __init__(self, channels: int, times: int) -> None:
        self._times = times
        self._filter = row_filter(_phases(times))
        self._rest = np.zeros((channels, TAPS - 1), np.float32)
        self._lead = REACH * times  # what the symmetric filter puts before the first sample
        self._due = 0

    def raise_rate(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what can be known by now: some of the last samples wait for their successors."""
        self._due += block.shape[1] * self._times
        return self._raised(block)

    def flush(self) -> NDArray[np.float32]:
        """Return the last samples, as they sound when silence follows."""
        due = self._due
        ringing = np.zeros((len(self._rest), REACH + ROW), np.float32)
        return self._raised(ringing)[:, :due]

    def _raised(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        sound = np.concatenate([self._rest, block], axis=1)
        count = (sound.shape[1] - TAPS + 1) // ROW
        self._rest = sound[:, count * ROW :].copy()
        if count == 0:
            return sound[:, :0]
        raised = np.ascontiguousarray(rows(sound, TAPS)) @ self._filter
        raised = raised.reshape(len(sound), -1)[:, self._lead :]
        self._lead = max(0, self._lead - count * ROW * self._times)
        self._due -= raised.shape[1]
        return raised


def _phases(times: int) -> NDArray[np.float32]:
    """Design a low-pass and deal it out: filter p makes the point p / `times` after a sample."""
    low_pass = firwin(2 * REACH * times + 1, CUTOFF / times, window=("kaiser", 10.0))
    dealt = np.append(times * low_pass, np.zeros(times - 1)).reshape(TAPS, times)
    return dealt[::-1].T.astype(np.float32)
