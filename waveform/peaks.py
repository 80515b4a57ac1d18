"""The extremes of sound per pixel, eight bits each: what a waveform is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

COARSE = 16  # pixels in one of the overview that is shown while a file is analysed


class FinerThanMeasured(ValueError):
    """A zoom level asks for more detail than the peaks hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Minimum and maximum of every pixel and channel; the last pixel may be a partial one."""

    rate: int
    samples_per_pixel: int
    pixels: NDArray[np.int8]  # (length, channels, 2)

    @property
    def length(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def channels(self) -> int:
        return int(self.pixels.shape[1])

    def zoom(self, samples_per_pixel: int) -> "Peaks":
        """Return the same at a coarser zoom; exact where it is a multiple of this one."""
        if samples_per_pixel < self.samples_per_pixel:
            raise FinerThanMeasured(
                f"{samples_per_pixel} samples per pixel; measured were {self.samples_per_pixel}"
            )
        length = ceil(self.length * self.samples_per_pixel / samples_per_pixel)
        starts = np.arange(length) * samples_per_pixel // self.samples_per_pixel
        return Peaks(self.rate, samples_per_pixel, _merged(self.pixels, starts))

    def mono(self) -> "Peaks":
        """Return the envelope of all channels as one."""
        return Peaks(self.rate, self.samples_per_pixel, _envelope(self.pixels))

    def fit(self, columns: int) -> NDArray[np.int8]:
        """Spread the pixels over any number of columns; too few of them are repeated."""
        pixels = self.pixels if self.length else np.zeros((1, self.channels, 2), np.int8)
        return _merged(pixels, np.arange(columns) * len(pixels) // columns)


def _merged(pixels: NDArray[np.int8], starts: NDArray[np.intp]) -> NDArray[np.int8]:
    if starts.size == 0:
        return pixels[:0]
    # reduceat takes the one element where two starts are equal
    lows = np.minimum.reduceat(pixels[:, :, 0], starts)
    highs = np.maximum.reduceat(pixels[:, :, 1], starts)
    return np.stack([lows, highs], axis=2)


def _envelope(pixels: NDArray[np.int8]) -> NDArray[np.int8]:
    lows = pixels[:, :, 0].min(axis=1, keepdims=True)
    highs = pixels[:, :, 1].max(axis=1, keepdims=True)
    return np.stack([lows, highs], axis=2)


@dataclass(frozen=True, slots=True)
class Overview:
    """Pixels found since the last look: one channel, minimum and maximum in turn."""

    start: int  # index of the first pixel
    samples_per_pixel: int
    data: Sequence[int]


class PeaksBuilder:
    """Collects peaks from planar blocks, two bytes for each pixel of a channel.

    `float_source` says that the samples were floating-point in the file: audiowaveform scales
    those by 32767, and integers by 32768, and ours shall be equal to its files.
    """

    def __init__(
        self, rate: int, channels: int, samples_per_pixel: int = 256, *, float_source: bool = False
    ) -> None:
        self._rate = rate
        self._channels = channels
        self._samples_per_pixel = samples_per_pixel
        self._float_source = float_source
        self._rest = np.zeros((channels, 0), np.float32)
        self._data = bytearray()
        self._taken = 0

    def add(self, block: NDArray[np.float32]) -> None:
        sound = np.concatenate([self._rest, block], axis=1)
        whole = sound.shape[1] // self._samples_per_pixel * self._samples_per_pixel
        self._append(sound[:, :whole])
        self._rest = sound[:, whole:].copy()

    def finish(self) -> Peaks:
        """Close the last pixel, however few samples it has; nothing may be added after it."""
        self._append(self._rest)
        self._rest = self._rest[:, :0]
        return Peaks(self._rate, self._samples_per_pixel, self._pixels(self._data))

    def take(self) -> Overview:
        """Return the overview's pixels that are complete and were not taken yet."""
        size = 2 * self._channels * COARSE
        first, complete = self._taken, len(self._data) // size
        pixels = self._pixels(self._data[first * size : complete * size])
        merged = _merged(_envelope(pixels), np.arange(0, len(pixels), COARSE))
        self._taken = complete
        return Overview(first, self._samples_per_pixel * COARSE, merged.ravel().tolist())

    def _append(self, sound: NDArray[np.float32]) -> None:
        if sound.shape[1] == 0:
            return
        starts = np.arange(0, sound.shape[1], self._samples_per_pixel)
        lows = np.minimum.reduceat(sound, starts, axis=1)
        highs = np.maximum.reduceat(sound, starts, axis=1)
        self._data += self._quantised(np.stack([lows.T, highs.T], axis=2)).tobytes()

    def _quantised(self, extremes: NDArray[np.float32]) -> NDArray[np.int8]:
        """Go by way of 16 bits, as audiowaveform does: rounding differs on the direct one."""
        if self._float_source:
            sixteen = np.trunc(extremes * np.float32(32767))
        else:
            sixteen = np.floor(extremes * np.float32(32768))
        # Clipped where audiowaveform wraps around: a sound above full scale is loud, not quiet.
        eight: NDArray[np.float32] = np.clip(sixteen, -32768, 32767) / np.float32(256)
        return np.trunc(eight).astype(np.int8)

    def _pixels(self, data: bytearray) -> NDArray[np.int8]:
        return np.frombuffer(data, np.int8).reshape(-1, self._channels, 2)
