"""The mean of a window that slides along the energy grid, 10 ms at a time."""

import numpy as np
from numpy.typing import NDArray


class SlidingMean:
    def __init__(self, length: int) -> None:
        self._window = np.full(length, 1 / length)
        self._recent = np.zeros(0)

    def add(self, powers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean of the window that ends with each bin; 0 until there is a whole one."""
        length = self._window.size
        bins = np.concatenate([self._recent, powers])
        self._recent = bins[1 - length :]
        means = np.zeros(powers.size)
        if bins.size >= length:
            whole = np.convolve(bins, self._window, "valid")
            means[-whole.size :] = whole
        return means
