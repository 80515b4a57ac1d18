"""A look-ahead limiter of true peaks: louder than the peaks of a programme would allow."""

from math import log10

import numpy as np
from numpy.typing import NDArray

from waveform.blocks import Seconds
from waveform.fine_peak import DELAY, Envelope
from waveform.gain_reduction import Reduction
from waveform.interpolation import ROW

BLOCK = 256 * ROW  # samples worked on at once
# Kept below the ceiling: eight points from sample to sample miss up to 0.14 dB of a peak, and the
# gain moves by some thousandths while one passes.
MARGIN_DB = 0.1


class Limiter:
    """Turns all channels alike, sample for sample where they were; nothing is late or lost.

    Fed with float32 planar chunks of any size, in which NaN and absurd values are already silent
    (see `silence_damage`). What comes out is the same to the last bit however it came in.
    """

    def __init__(
        self, rate: int, channels: int, *, ceiling_dbtp: float, gain_db: float = 0.0
    ) -> None:
        self._gain = np.float32(10 ** (gain_db / 20))
        self._ceiling = 10 ** ((ceiling_dbtp - MARGIN_DB) / 20)
        self._blocks = Seconds(channels, BLOCK)
        self._envelope = Envelope(channels)
        self._reduction = Reduction(rate, self._ceiling)
        self._delay = DELAY + self._reduction.delay
        self._waiting = np.zeros((channels, self._delay), np.float32)
        self._lead = self._delay  # what comes out before the first sample
        self._due = 0
        self._greatest = 0.0

    @property
    def greatest_reduction_db(self) -> float:
        """How far the loudest moment so far was turned down: 0 if nothing was."""
        return -20 * log10(1 - self._greatest)

    def limit(self, chunk: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what can be known by now: the last samples wait for their successors."""
        self._due += chunk.shape[1]
        limited = [self._limited(block) for block in self._blocks.fill(chunk)]
        return np.concatenate([self._waiting[:, :0], *limited], axis=1)

    def flush(self) -> NDArray[np.float32]:
        """Return the last samples, as they sound when silence follows."""
        rest = np.concatenate([self._waiting[:, :0], *self._blocks.rest()], axis=1)
        length = -(-(rest.shape[1] + self._delay) // ROW) * ROW
        return self._limited(np.pad(rest, ((0, 0), (0, length - rest.shape[1]))))

    def _limited(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        loud = block * self._gain
        reduction = self._reduction.follow(self._envelope.follow(loud, above=self._ceiling))
        known = np.concatenate([self._waiting, loud], axis=1)
        self._waiting = known[:, block.shape[1] :].copy()
        kept = slice(self._lead, self._lead + self._due)
        limited = known[:, : block.shape[1]][:, kept] * (1 - reduction[kept])
        self._lead = max(0, self._lead - block.shape[1])
        self._due -= limited.shape[1]
        self._greatest = max(self._greatest, float(reduction[kept].max(initial=0.0)))
        return limited.astype(np.float32)
