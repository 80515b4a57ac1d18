"""The power of K-weighted sound in bins of 10 ms, from which every loudness is read.

EBU Tech 3341 asks for meters read ten times a second, but its test 13 places tones between those
readings: only a finer grid finds their true maximum.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waveform.k_weighting import KWeighting

BINS_A_SECOND = 100


class EnergyGrid:
    """Weighs and sums the channels."""

    def __init__(self, rate: int, weights: Sequence[float]) -> None:
        self._rate = rate
        self._samples = 0
        self._channels = [
            (index, weight, KWeighting(rate), Bins(rate))
            for index, weight in enumerate(weights)
            if weight
        ]

    def powers(self, block: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the mean power of each bin that ends in the block."""
        before = self._samples * BINS_A_SECOND // self._rate
        self._samples += block.shape[1]
        total = np.zeros(self._samples * BINS_A_SECOND // self._rate - before)
        for index, weight, weighting, bins in self._channels:
            total += weight * bins.powers(weighting.filter(block[index]))
        return total


class Bins:
    """Cuts at exact hundredths of a second: a sample astride an edge belongs to both bins."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._open = np.zeros(0)  # squares of the samples that are not in a whole bin
        self._spent = 0  # hundredths of the first of them that the bin before has had

    def powers(self, signal: NDArray[np.float64]) -> NDArray[np.float64]:
        opened = self._open.size
        squares = np.empty(opened + signal.size + 1)
        squares[:opened] = self._open
        np.multiply(signal, signal, out=squares[opened:-1])
        squares[-1] = 0.0  # what lies behind the last sample, where an edge is just there
        count = (BINS_A_SECOND * (squares.size - 1) - self._spent) // self._rate
        edges = self._spent + np.arange(count + 1) * self._rate
        whole, rest = np.divmod(edges, BINS_A_SECOND)
        self._open, self._spent = squares[whole[-1] : -1].copy(), int(rest[-1])
        if count == 0:
            return np.zeros(0)
        sums = np.add.reduceat(squares[: whole[-1]], whole[:-1])
        sums += np.diff(squares[whole] * rest / BINS_A_SECOND)
        return sums * BINS_A_SECOND / self._rate
