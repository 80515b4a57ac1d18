"""What each channel holds, and what the two of a stereo pair have in common."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Linear figures, full scale at 1."""

    peak: float
    offset: float  # the mean: direct current
    rms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The first two channels of a stereo programme."""

    correlation: float | None  # of what is left without offsets; none where a side is constant
    identical: bool  # sample by sample
    opposite: bool  # one is the other's negative, sample by sample


@dataclass(frozen=True, slots=True)
class Channels:
    channels: tuple[Channel, ...]
    pair: Pair | None


class ChannelSums:
    """Adds up in single precision within a block and in double from block to block."""

    def __init__(self, channels: int) -> None:
        self._samples = 0
        self._peaks = np.zeros(channels, np.float32)
        self._sums = np.zeros(channels)
        self._squares = np.zeros(channels)
        self._product = 0.0
        self._stereo = channels == 2
        self._identical = self._opposite = self._stereo

    def add(self, block: NDArray[np.float32]) -> None:
        self._samples += block.shape[1]
        peaks = np.maximum(block.max(axis=1), -block.min(axis=1))
        self._peaks = np.maximum(self._peaks, peaks)
        self._sums += block.sum(axis=1)
        self._squares += (block * block).sum(axis=1)
        if self._stereo:
            self._compare(block[0], block[1])

    def finish(self) -> Channels:
        samples = max(1, self._samples)
        channels = tuple(
            Channel(peak=float(peak), offset=float(total / samples), rms=sqrt(square / samples))
            for peak, total, square in zip(self._peaks, self._sums, self._squares, strict=True)
        )
        return Channels(channels, self._pair(samples) if self._stereo else None)

    def _compare(self, left: NDArray[np.float32], right: NDArray[np.float32]) -> None:
        self._product += float((left * right).sum())
        self._identical = self._identical and np.array_equal(left, right)
        self._opposite = self._opposite and np.array_equal(left, -right)

    def _pair(self, samples: int) -> Pair:
        left, right = self._squares - self._sums**2 / samples
        product = self._product - self._sums.prod() / samples
        # What rounding leaves of an offset is no signal to compare.
        least = 1e-6 * self._squares
        varies = left > least[0] and right > least[1]
        return Pair(
            correlation=max(-1.0, min(1.0, product / sqrt(left * right))) if varies else None,
            identical=self._identical,
            opposite=self._opposite,
        )
