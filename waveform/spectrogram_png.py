"""A picture of the spectrogram: a PNG of 256 colours from paper to ink."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from waveform.picture import DARK, LIGHT, Rgb
from waveform.png import indexed
from waveform.spectrogram import Spectrogram

EIGHT_BITS = 8
DEPTH = 180  # levels: 85 dB
# From the paper of one scheme by both its accents to that of the other.
NIGHT: Final = (DARK.paper, LIGHT.wave, DARK.wave, LIGHT.paper)
DAY: Final = NIGHT[::-1]
# Bjorn Ottosson's Oklab (2020): equal steps of its lightness look equal.
_TO_CONES: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def render(
    spectrogram: Spectrogram,
    width: int,
    height: int,
    colours: Sequence[Rgb] = NIGHT,
) -> bytes:
    """Draw all of it into exactly width by height pixels, high frequencies at the top."""
    if width < 1 or height < 1:
        raise ValueError(f"a picture of {width} by {height} pixels")
    levels = spectrogram.levels
    if levels.shape[1] == 0:
        levels = np.zeros((len(levels), 1), np.uint8)
    pixels = _stretched(_fitted(_fitted(levels, width, axis=1), height, axis=0)[::-1])
    lines = np.pad(pixels, ((0, 0), (1, 0))).tobytes()  # each opens with its filter: none
    return indexed(width, height, EIGHT_BITS, palette(colours).tobytes(), lines)


def palette(colours: Sequence[Rgb]) -> NDArray[np.uint8]:
    """Return 256 colours through the given ones, whose lightness must rise or fall throughout.

    Every step changes the lightness alike, and hue and saturation follow the given colours.
    """
    given = _oklab(np.array(colours) / 255)
    order = np.argsort(given[:, 0])
    lightness = np.linspace(given[0, 0], given[-1, 0], 256)
    rows = [np.interp(lightness, given[order, 0], given[order, axis]) for axis in (1, 2)]
    return np.rint(255 * _rgb(np.stack([lightness, *rows], axis=1))).astype(np.uint8)


def _fitted(levels: NDArray[np.uint8], size: int, axis: int) -> NDArray[np.uint8]:
    """Spread over any number of pixels: the loudest of many is kept, too few are repeated."""
    starts = np.arange(size) * levels.shape[axis] // size
    return np.maximum.reduceat(levels, starts, axis=axis)


def _stretched(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Let the loudest point have the last colour, and what lies `DEPTH` below it the first."""
    top = max(int(levels.max()), DEPTH)
    steps = (np.arange(256) - (top - DEPTH)) * (255 / DEPTH)
    table: NDArray[np.uint8] = np.clip(np.rint(steps), 0, 255).astype(np.uint8)
    return np.take(table, levels)


def _oklab(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T
    return lab


def _rgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    cones = (lab @ np.linalg.inv(_TO_LAB).T) ** 3
    linear = np.clip(cones @ np.linalg.inv(_TO_CONES).T, 0, 1)
    curved: NDArray[np.float64] = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curved)
