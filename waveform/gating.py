"""Integrated loudness, range and maxima from powers of 10 ms (BS.1770, Tech 3341 and 3342)."""

from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from waveform.sliding_mean import SlidingMean

OFFSET = -0.691  # dB; makes the 997 Hz reference read its level
ABSOLUTE_GATE = -70.0  # LUFS
MOMENTARY = 40  # bins of 10 ms
SHORT_TERM = 300
STEP = 10  # bins from one gating block to the next: 75 % overlap
BIN = 0.01  # LU
LEVELS = 20_000  # up to +130 LUFS: float files may hold integers' values
GATE_POWER = 10 ** ((ABSOLUTE_GATE - OFFSET) / 10)


def lufs(power: float) -> float:
    return OFFSET + 10 * log10(power)


def audible_lufs(power: float) -> float | None:
    """Return None below the absolute gate: R 128 takes it for silence."""
    return lufs(power) if power > GATE_POWER else None


class Levels:
    """A histogram of block powers: its memory does not grow with the programme.

    Each level keeps its blocks' exact power, so sums lose nothing; only a gate or a percentile
    that falls inside a level is off, by less than its width.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(LEVELS, np.int64)
        self._powers = np.zeros(LEVELS)

    def add(self, powers: NDArray[np.float64]) -> None:
        kept = powers[powers > GATE_POWER]
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
        self._seen = 0
        self.blocks = Levels()  # of 400 ms, those that integrated loudness is made of
        self._windows = SlidingMean(MOMENTARY), SlidingMean(SHORT_TERM)
        self._short_term = Levels()
        self._loudest_momentary = 0.0
        self._loudest_short_term = 0.0

    def add(self, powers: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Take the next bins; return the power of the momentary and short-term window at each.

        Maxima are sought in each window; gates and range use every tenth.
        """
        momentary, short_term = (window.add(powers) for window in self._windows)
        tenths = slice((-1 - self._seen) % STEP, None, STEP)
        self.blocks.add(momentary[tenths])
        self._short_term.add(short_term[tenths])
        self._loudest_momentary = momentary.max(initial=self._loudest_momentary)
        self._loudest_short_term = short_term.max(initial=self._loudest_short_term)
        self._seen += powers.size
        return momentary, short_term

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
