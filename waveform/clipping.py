"""Samples that stand at full scale one after another: sound that was cut off there.

A lone peak at full scale is no clipping, so that only runs of equal samples count. A square wave
stands there by right; it is told by its edges: it jumps on to the rail from silence or from the
other half of the scale, and leaves as abruptly, where sound that was clipped comes near first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHORTEST = 3  # samples
CEILING = 0.99997  # of full scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """What one channel shows. `square_runs` are those among `runs` with the edges of a square."""

    runs: int = 0
    samples: int = 0
    longest: int = 0
    first: int | None = None  # the sample at which the first run begins
    square_runs: int = 0


def rail(bits: int | None) -> float:
    """Return the least magnitude that is full scale; `bits` are an integer sample's.

    The highest positive number of 16 bits is 0.999969 of full scale, and of 8 bits only 0.992.
    """
    return CEILING if bits is None else min(CEILING, 1 - 2.0 ** (1 - bits))


class ClippingFinder:
    """Fed with planar blocks of any size; `bits` are those of integer samples."""

    def __init__(self, channels: int, bits: int | None = None) -> None:
        self._channels = [_Channel(bits) for _ in range(channels)]

    def add(self, block: NDArray[np.float32]) -> None:
        for follower, channel in zip(self._channels, block, strict=True):
            follower.add(channel)

    def finish(self) -> tuple[Clipping, ...]:
        return tuple(follower.finish() for follower in self._channels)


class _Channel:
    """Follows runs across the edges of blocks."""

    def __init__(self, bits: int | None) -> None:
        self._rail = np.float32(rail(bits))
        self._samples = 0
        self._last = np.float32(0)  # sample before the block
        self._open: _Runs | None = None
        self._first: int | None = None
        self._runs = self._clipped = self._longest = self._square = 0

    def add(self, channel: NDArray[np.float32]) -> None:
        loud = channel.max() >= self._rail or channel.min() <= -self._rail
        if loud or self._open is not None:
            self._search(channel)
        self._last = channel[-1]
        self._samples += channel.size

    def finish(self) -> Clipping:
        if self._open is not None:
            self._count(self._open)
            self._open = None
        return Clipping(
            runs=self._runs,
            samples=self._clipped,
            longest=self._longest,
            first=self._first,
            square_runs=self._square,
        )

    def _search(self, channel: NDArray[np.float32]) -> None:
        runs = _runs(channel, self._rail, self._samples, self._last)
        if self._open is not None:
            if (
                len(runs.starts)
                and runs.starts[0] == self._samples
                and (runs.values[0] == self._open.values[0])
            ):
                runs.starts[0] = self._open.starts[0]
                runs.entered[0] = self._open.entered[0]
            else:
                self._open.left[0] = _across(channel[0], self._open.values[0])
                self._count(self._open)
            self._open = None
        if len(runs.ends) and runs.ends[-1] == self._samples + channel.size:
            self._open = runs.part(slice(-1, None))
            runs = runs.part(slice(None, -1))
        self._count(runs)

    def _count(self, runs: "_Runs") -> None:
        lengths = runs.ends - runs.starts
        long = lengths >= SHORTEST
        if not long.any():
            return
        if self._first is None:
            self._first = int(runs.starts[long][0])
        self._runs += int(long.sum())
        self._clipped += int(lengths[long].sum())
        self._longest = max(self._longest, int(lengths.max()))
        self._square += int((runs.entered & runs.left & long).sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Equal samples at full scale; `entered` and `left` say whether by a jump."""

    starts: NDArray[np.int64]  # samples of the programme
    ends: NDArray[np.int64]
    values: NDArray[np.float32]
    entered: NDArray[np.bool_]
    left: NDArray[np.bool_]

    def part(self, which: slice) -> "_Runs":
        return _Runs(
            self.starts[which],
            self.ends[which],
            self.values[which],
            self.entered[which],
            self.left[which],
        )


def _runs(channel: NDArray[np.float32], least: np.float32, base: int, before: np.float32) -> _Runs:
    """Find all runs of the block; one that reaches its end counts as left by a jump."""
    places = np.flatnonzero(abs(channel) >= least)
    values = channel[places]
    fresh = np.ones(places.size, np.bool_)
    fresh[1:] = (np.diff(places) != 1) | (values[1:] != values[:-1])
    starts = places[fresh]
    ends = places[np.append(fresh[1:], True)[: places.size]] + 1
    values = values[fresh]
    around = np.concatenate([[before], channel, [np.float32(0)]])
    entered, left = _across(around[starts], values), _across(around[ends + 1], values)
    return _Runs(starts + base, ends + base, values, entered, left)


def _across(neighbour: NDArray[np.float32], value: NDArray[np.float32]) -> NDArray[np.bool_]:
    return neighbour * value <= 0
