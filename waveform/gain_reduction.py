"""How far sound must be turned down, moment by moment, so that no peak is above the ceiling.

Kept as reduction, 0 for none, so that sound below the ceiling passes untouched to the last bit.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

LOOK_AHEAD_MS = 5
RELEASE_SECONDS = 0.05
INAUDIBLE = 1e-9  # of reduction; left alone it would fade until its numbers are denormal, and slow


class Reduction:
    """Follows an envelope, `delay` samples behind it.

    Each peak is held over the look-ahead on both sides, released exponentially, and smoothed by
    two means of the look-ahead's length. All that is smoothed together was held, so the smooth
    curve is at each peak as deep as the peak wants.
    """

    def __init__(self, rate: int, ceiling: float) -> None:
        self._ceiling = ceiling
        self._ahead = -(-rate * LOOK_AHEAD_MS // 1000)
        self._decay = -1 / (RELEASE_SECONDS * rate)
        self._wanted = np.zeros(2 * self._ahead)
        self._fading = 0.0
        self._released = np.zeros(2 * self._ahead)
        self.delay = 2 * self._ahead

    def follow(self, heights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return as much reduction as heights came in."""
        wanted = 1 - self._ceiling / np.maximum(heights, self._ceiling, dtype=np.float64)
        return self._smoothed(self._faded(self._held(wanted)))

    def _held(self, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        known = np.concatenate([self._wanted, wanted])
        self._wanted = known[wanted.size :]
        held = maximum_filter1d(known, 2 * self._ahead + 1)
        return np.asarray(held[self._ahead : self._ahead + wanted.size])

    def _faded(self, held: NDArray[np.float64]) -> NDArray[np.float64]:
        # A maximum that decays is a maximum of what was raised against the decay.
        decay = np.exp(self._decay * np.arange(1, held.size + 1))
        raised = np.maximum.accumulate(held / decay)
        faded: NDArray[np.float64] = np.maximum(raised, self._fading) * decay
        self._fading = float(faded[-1]) if faded[-1] > INAUDIBLE else 0.0
        return faded

    def _smoothed(self, faded: NDArray[np.float64]) -> NDArray[np.float64]:
        known = np.concatenate([self._released, faded])
        self._released = known[faded.size :]
        return _means(_means(known, self._ahead + 1), self._ahead + 1)


def _means(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the mean of each window of `length`; where all is zero, it is zero to the bit."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(sums[length:] - sums[:-length]) / length
