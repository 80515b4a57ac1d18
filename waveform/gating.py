"""Integrated loudness, range and maxima from powers of 10 ms (BS.1770, Tech 3341 and 3342)."""

from math import floor, log10

import numpy as np
from numpy.typing import NDArray

OFFSET = -0.691  # dB; makes the 997 Hz reference read its level
ABSOLUTE_GATE = -70.0  # LUFS
MOMENTARY = 40  # bins of 10 ms
SHORT_TERM = 300
STEP = 10  # bins from one gating block to the next: 75 % overlap
BIN = 0.01  # LU
LEVELS = 20_000  # up to +130 LUFS: float files may hold integers' values


def lufs(power: float) -> float:
    return OFFSET + 10 * log10(power)


class Levels:
    """A histogram of block powers: its memory does not grow with the programme.

    Each level keeps its blocks' exact power, so sums lose nothing; only a gate or a percentile
    that falls inside a level is off, by less than its width.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(LEVELS, np.int64)
        self._powers = np.zeros(LEVELS)

    def add(self, powers: NDArray[np.float64]) -> None:
        gate = 10 ** ((ABSOLUTE_GATE - OFFSET) / 10)
        kept = powers[powers > gate]
        levels = ((OFFSET - ABSOLUTE_GATE + 10 * np.log10(kept)) / BIN).astype(np.int64)
        levels = np.clip(levels, 0, LEVELS - 1)
        np.add.at(self._counts, levels, 1)
        np.add.at(self._powers, levels, kept)

    def used(self) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.float64]]:
        """Return the levels that have blocks, quietest first, with their counts and powers."""
        levels = np.flatnonzero(self._counts)
        return levels, self._counts[levels], self._powers[levels]

    def gated(self, relative_lu: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return counts and summed powers of the levels within the gate, quietest first."""
        _, counts, powers = self.used()
        return gated(counts, powers, relative_lu)


def gated(
    counts: NDArray[np.int64], powers: NDArray[np.float64], relative_lu: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Leave out the levels that lie more than the gate below the mean power of all."""
    if counts.size == 0:
        return counts, powers
    threshold = powers.sum() / counts.sum() * 10 ** (relative_lu / 10)
    kept = powers / counts >= threshold
    return counts[kept], powers[kept]


class Gating:
    """Reads loudness off the energy grid as it grows."""

    def __init__(self) -> None:
        self._recent = np.zeros(0)
        self._seen = 0
        self.blocks = Levels()  # of 400 ms, those that integrated loudness is made of
        self._short_term = Levels()
        self._loudest_momentary = 0.0
        self._loudest_short_term = 0.0

    def add(self, powers: NDArray[np.float64]) -> None:
        """Take the next bins. Maxima are sought in each; gates and range use every tenth."""
        momentary, gating_blocks = self._windows(powers, MOMENTARY)
        self.blocks.add(gating_blocks)
        self._loudest_momentary = momentary.max(initial=self._loudest_momentary)
        short_term, gating_blocks = self._windows(powers, SHORT_TERM)
        self._short_term.add(gating_blocks)
        self._loudest_short_term = short_term.max(initial=self._loudest_short_term)
        self._seen += powers.size
        self._recent = np.concatenate([self._recent, powers])[1 - SHORT_TERM :]

    def _windows(
        self, powers: NDArray[np.float64], length: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the mean power of all windows that end in `powers`, and of the gating blocks."""
        bins = np.concatenate([self._recent[1 - length :], powers])
        if bins.size < length:
            return np.zeros(0), np.zeros(0)
        first = self._seen + powers.size - bins.size
        means = np.convolve(bins, np.full(length, 1 / length), "valid")
        return means, means[-first % STEP :: STEP]

    @property
    def integrated(self) -> float | None:
        counts, powers = self.blocks.gated(-10.0)
        return lufs(powers.sum() / counts.sum()) if counts.size else None

    @property
    def range(self) -> float | None:
        """Tech 3342: from the 10th to the 95th percentile of short-term loudness."""
        counts, powers = self._short_term.gated(-20.0)
        if counts.size == 0:
            return None
        ranks = np.cumsum(counts)
        last = int(ranks[-1]) - 1
        low, high = (
            int(np.searchsorted(ranks, floor(last * share + 0.5), side="right"))
            for share in (0.10, 0.95)
        )
        return lufs(powers[high] / counts[high]) - lufs(powers[low] / counts[low])

    @property
    def momentary_max(self) -> float | None:
        return lufs(self._loudest_momentary) if self._loudest_momentary else None

    @property
    def short_term_max(self) -> float | None:
        return lufs(self._loudest_short_term) if self._loudest_short_term else None
