"""Samples as audiowaveform hears them: sixteen bits, whatever the file holds, or eight of those."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def sixteen_bits(sound: NDArray[np.floating[Any]], *, float_source: bool) -> NDArray[np.int16]:
    """Quantise floats: what were integers loses its low bits, what was floating is rounded to 0.

    Clipped where audiowaveform wraps around: a sound above full scale is loud, not quiet.
    """
    if float_source:
        scaled = np.trunc(sound * sound.dtype.type(32767))
    else:
        scaled = np.floor(sound * sound.dtype.type(32768))
    return scaled.clip(-32768, 32767).astype(np.int16)


def eight_bits(sound: NDArray[np.int16]) -> NDArray[np.int8]:
    """Divide by 256, rounded towards zero."""
    lowest = (sound >> 15) & 255  # 255 below zero, or 0: a shift alone would round down
    return ((sound + lowest) >> 8).astype(np.int8)


def mono_mix(sound: NDArray[np.int16]) -> NDArray[np.int16]:
    """Sum planar channels sample by sample and divide, rounded towards zero."""
    if len(sound) == 1:
        return sound
    total = sound.sum(axis=0, dtype=np.int32, keepdims=True)
    mean: NDArray[np.float64] = np.trunc(total / len(sound))  # exact: a double has bits to spare
    return mean.astype(np.int16)
