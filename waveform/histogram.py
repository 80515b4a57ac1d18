"""How often a programme is how loud: small enough to keep, and added up for a whole album.

The mean of several tracks' loudness is not the loudness of them all: a gate lies 10 LU below the
mean of what is pooled, and longer tracks weigh more. Only their gating blocks can be pooled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from waveform.gating import ABSOLUTE_GATE, BIN, LEVELS, OFFSET, Levels, gated, lufs

FINENESS = 1_000  # steps in a bin: 0.00001 LU
MOST_BLOCKS = 1 << 40  # of one level; ten a second, for three thousand years


class BrokenHistogram(ValueError):
    """Not a histogram as `as_json` writes it."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Mean levels of the blocks in each used bin, in steps above the absolute gate, and counts.

    It has at most an entry for each 0.01 LU, and for each 100 ms of the programme. The level is
    rounded before it is kept, so a histogram that was written and read is equal to the first.
    """

    levels: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.levels) != len(self.counts):
            raise BrokenHistogram(f"{len(self.levels)} levels with {len(self.counts)} counts")
        bins = [level // FINENESS for level in self.levels]
        if bins and not 0 <= bins[0] <= bins[-1] < LEVELS:
            raise BrokenHistogram("a level is out of bounds")
        if any(low >= high for low, high in pairwise(bins)):
            raise BrokenHistogram("the levels do not ascend from bin to bin")
        if any(not 1 <= count <= MOST_BLOCKS for count in self.counts):
            raise BrokenHistogram("a count is out of bounds")

    @classmethod
    def of(cls, blocks: Levels) -> Self:
        return cls._summed(*blocks.used())

    @classmethod
    def pooled(cls, histograms: Iterable[Self]) -> Self:
        """Add up: the blocks of all, as if one programme had held them."""
        counts, powers = np.zeros(LEVELS, np.int64), np.zeros(LEVELS)
        for histogram in histograms:
            bins = np.array(histogram.levels, np.int64) // FINENESS
            counts[bins] += np.array(histogram.counts, np.int64)
            powers[bins] += histogram.powers()
        used = np.flatnonzero(counts)
        return cls._summed(used, counts[used], powers[used])

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read what `as_json` wrote; the text may come from anywhere."""
        if not isinstance(value, dict) or set(value) != {"levels", "counts"}:
            raise BrokenHistogram("a histogram has levels and counts")
        return cls(_integers(value["levels"]), _integers(value["counts"]))

    def as_json(self) -> dict[str, list[int]]:
        return {"levels": list(self.levels), "counts": list(self.counts)}

    @property
    def integrated_lufs(self) -> float | None:
        counts, powers = gated(np.array(self.counts, np.int64), self.powers(), -10.0)
        return lufs(powers.sum() / counts.sum()) if counts.size else None

    def powers(self) -> NDArray[np.float64]:
        """Return the summed power of each entry's blocks."""
        loudness = ABSOLUTE_GATE + np.array(self.levels) * (BIN / FINENESS)
        return np.array(self.counts) * 10 ** ((loudness - OFFSET) / 10)

    @classmethod
    def _summed(
        cls, bins: NDArray[np.intp], counts: NDArray[np.int64], powers: NDArray[np.float64]
    ) -> Self:
        loudness = OFFSET + 10 * np.log10(powers / counts)
        steps = np.rint((loudness - ABSOLUTE_GATE) * (FINENESS / BIN)).astype(np.int64)
        # Rounding may not carry a level into its neighbour's bin.
        steps = np.clip(steps, bins * FINENESS, bins * FINENESS + FINENESS - 1)
        return cls(tuple(steps.tolist()), tuple(counts.tolist()))


def _integers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > LEVELS:
        raise BrokenHistogram(f"a list of at most {LEVELS} numbers is wanted")
    if any(type(number) is not int for number in value):  # True is an int too
        raise BrokenHistogram("levels and counts are whole numbers")
    return tuple(value)
