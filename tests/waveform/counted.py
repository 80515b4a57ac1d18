"""Samples by a formula in whole numbers: the same on every machine, in every version of numpy."""

import numpy as np
from numpy.typing import NDArray


def counted(channels: int, samples: int = 100_000) -> NDArray[np.int64]:
    """16-bit samples, planar, that become quieter and loud again: (i²·31 + i·7919) / loudness."""
    i = np.arange(samples * channels, dtype=np.int64)
    loudness = 1 + i // 1000 % 50
    integers = ((i * i * 31 + i * 7919) % 65_536 - 32_768) // loudness
    return integers.reshape(-1, channels).T


def counted_32(channels: int, samples: int) -> NDArray[np.int32]:
    """32-bit samples, interleaved, all of whose bits are in use; both full scales among them."""
    i = np.arange(samples * channels, dtype=np.int64)
    sixteen = (i * i * 31 + i * 7919) % 65_536 - 32_768
    low = (i * 40_503 + 17) % 65_536
    return (sixteen // (1 + i // 700 % 9) * 65_536 + low).astype(np.int32).reshape(-1, channels)
