"""Whole numbers of 16 bits from sound, with dither: noise in place of distortion.

The noise of each sample is a function of its place alone. Segments that are made one by one, in
any order or on any machine, are those of one whole pass.
"""

import numpy as np
from numpy.typing import NDArray

FULL_SCALE = 32_768
# SplitMix64: a counter times the golden ratio, then two rounds of mixing.
STRIDE = np.uint64(0x9E3779B97F4A7C15)
ROUNDS = ((30, np.uint64(0xBF58476D1CE4E5B9)), (27, np.uint64(0x94D049BB133111EB)))
LAST_SHIFT = np.uint64(31)
HALF = np.uint64(32)  # bits


def to_16_bits(
    sound: NDArray[np.float32], *, first: int, seed: int = 0, keep_silence: bool = False
) -> NDArray[np.int16]:
    """Round planar sound whose first sample is the `first` of its programme.

    With `keep_silence` a moment at which all channels are exactly zero stays so, for silence that
    is not silent wakes players which look for it. A zero amid quiet sound is such a moment too: its
    value needs no rounding, but its noise is missing, which makes the noise floor a little uneven.
    """
    wanted = sound.astype(np.float64) * FULL_SCALE
    noise = triangular(len(sound), sound.shape[1], first=first, seed=seed)
    if keep_silence:
        noise[:, ~sound.any(axis=0)] = 0.0
    rounded = np.rint(wanted + noise)
    return np.clip(rounded, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def triangular(channels: int, samples: int, *, first: int, seed: int) -> NDArray[np.float64]:
    """Return noise between -1 and 1 step, most often near 0: the difference of two even ones.

    Of all noise it is the least with which neither the mean nor the power of the error depends
    on the sound.
    """
    places = np.arange(first, first + samples, dtype=np.uint64)
    # The channels are counted apart by the highest bits, which no programme's length reaches.
    lanes = np.arange(channels, dtype=np.uint64) << np.uint64(56)
    mixed = (places + lanes[:, np.newaxis]) * STRIDE + _mixed(np.array([seed], np.uint64))
    mixed = _mixed(mixed)
    halves = (mixed >> HALF).astype(np.float64) - (mixed & np.uint64(0xFFFFFFFF))
    return np.asarray(halves / 2**32, np.float64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    for shift, factor in ROUNDS:
        numbers = (numbers ^ (numbers >> np.uint64(shift))) * factor
    return numbers ^ (numbers >> LAST_SHIFT)
