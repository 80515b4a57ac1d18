"""The extremes of sound per pixel, of eight or sixteen bits: what a waveform is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from waveform.sixteen_bits import eight_bits, sixteen_bits
from waveform.spill import Spill

Bits: TypeAlias = Literal[8, 16]
Pixels: TypeAlias = NDArray[np.signedinteger[Any]]  # int8 or int16: (length, channels, 2)
ZOOMS = range(2, 2**31)  # samples a pixel: audiowaveform's least, and what its header can tell

COARSE = 16  # pixels in one of the overview that is shown while a file is analysed


class FinerThanMeasured(ValueError):
    """A zoom level asks for more detail than the peaks hold."""


class NoZoom(ValueError):
    """A number of samples per pixel of which no peaks can be made."""


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Minimum and maximum of every pixel and channel; the last pixel may be a partial one."""

    rate: int
    samples_per_pixel: int
    pixels: Pixels

    @property
    def bits(self) -> int:
        return 8 * self.pixels.dtype.itemsize

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
        _check_zoom(samples_per_pixel)
        length = -(-self.length * self.samples_per_pixel // samples_per_pixel)
        starts = np.arange(length) * samples_per_pixel // self.samples_per_pixel
        return Peaks(self.rate, samples_per_pixel, _merged(self.pixels, starts))

    def mono(self) -> "Peaks":
        """Return the envelope of all channels as one."""
        return Peaks(self.rate, self.samples_per_pixel, _envelope(self.pixels))

    def narrowed(self) -> "Peaks":
        """Return the same in eight bits, as audiowaveform would have measured it."""
        if self.bits == 8:
            return self
        eight = eight_bits(self.pixels.astype(np.int16, copy=False))
        return Peaks(self.rate, self.samples_per_pixel, eight)

    def fit(self, columns: int) -> Pixels:
        """Spread the pixels over any number of columns; too few of them are repeated."""
        pixels = self.pixels
        if not self.length:
            pixels = np.zeros((1, self.channels, 2), pixels.dtype)
        return _merged(pixels, np.arange(columns) * len(pixels) // columns)


def _check_zoom(samples_per_pixel: int) -> None:
    if samples_per_pixel not in ZOOMS:
        raise NoZoom(f"{samples_per_pixel} samples per pixel; {ZOOMS[0]} to {ZOOMS[-1]} can be had")


def _merged(pixels: Pixels, starts: NDArray[np.intp]) -> Pixels:
    if starts.size == 0:
        return pixels[:0]
    # reduceat takes the one element where two starts are equal
    lows = np.minimum.reduceat(pixels[:, :, 0], starts)
    highs = np.maximum.reduceat(pixels[:, :, 1], starts)
    return np.stack([lows, highs], axis=2)


def _envelope(pixels: Pixels) -> Pixels:
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
    """Collects peaks from planar blocks of any size, either all of floats or all of int16.

    It keeps two numbers for each pixel of a channel, and of the sound nothing. `float_source` says
    that floats were floating-point in the file: audiowaveform scales those by 32767, and integers
    by 32768, and ours shall be equal to its files.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        samples_per_pixel: int = 256,
        *,
        bits: Bits = 8,
        float_source: bool = False,
    ) -> None:
        _check_zoom(samples_per_pixel)
        self._rate = rate
        self._channels = channels
        self._samples_per_pixel = samples_per_pixel
        self._dtype: np.dtype[np.signedinteger[Any]] = np.dtype(np.int8 if bits == 8 else np.int16)
        self._float_source = float_source
        self._open: NDArray[Any] = np.zeros((0, channels, 2))  # the pixel that is not complete
        self._filled = 0  # its samples so far
        self._data: bytearray | Spill = bytearray()
        self._taken = 0

    def keep_in(self, file: BinaryIO) -> None:
        """Keep the pixels in an empty file: in memory they take 2.7 MB an hour. Said at the start.

        The peaks that are found in the end are a view of that file.
        """
        self._data = Spill(file)

    def add(self, block: NDArray[np.float32] | NDArray[np.int16]) -> None:
        if block.shape[1] == 0:
            return
        found = self._extremes(block)
        self._filled = (self._filled + block.shape[1]) % self._samples_per_pixel
        complete = len(found) - bool(self._filled)
        self._append(found[:complete])
        self._open = found[complete:].copy()

    def finish(self) -> Peaks:
        """Close the last pixel, however few samples it has; nothing may be added after it."""
        self._append(self._open)
        self._open = self._open[:0]
        found = self._data.whole() if isinstance(self._data, Spill) else self._data
        return Peaks(self._rate, self._samples_per_pixel, self._pixels(found))

    def take(self) -> Overview:
        """Return the overview's pixels that are complete and were not taken yet."""
        size = 2 * self._channels * self._dtype.itemsize * COARSE
        first, complete = self._taken, len(self._data) // size
        pixels = self._pixels(self._data[first * size : complete * size])
        merged = _merged(_envelope(pixels), np.arange(0, len(pixels), COARSE))
        self._taken = complete
        return Overview(first, self._samples_per_pixel * COARSE, merged.ravel().tolist())

    def _extremes(self, block: NDArray[Any]) -> NDArray[Any]:
        """Find them for each pixel that the block touches; the first may have been open."""
        starts = np.arange(-self._filled, block.shape[1], self._samples_per_pixel).clip(0)
        lows = np.minimum.reduceat(block, starts, axis=1)
        highs = np.maximum.reduceat(block, starts, axis=1)
        if self._filled:
            np.minimum(lows[:, 0], self._open[0, :, 0], out=lows[:, 0])
            np.maximum(highs[:, 0], self._open[0, :, 1], out=highs[:, 0])
        return np.stack([lows.T, highs.T], axis=2)

    def _append(self, extremes: NDArray[Any]) -> None:
        """Quantise by way of 16 bits, as audiowaveform does: rounding differs on the direct one."""
        if extremes.dtype != np.int16:
            extremes = sixteen_bits(extremes, float_source=self._float_source)
        if self._dtype == np.int8:
            extremes = eight_bits(extremes)
        self._data.extend(extremes.tobytes())

    def _pixels(self, data: bytearray | bytes | NDArray[np.uint8]) -> Pixels:
        return np.frombuffer(data, self._dtype).reshape(-1, self._channels, 2)
