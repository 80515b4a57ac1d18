"""What is in a file of sound and is none: NaN, infinite and absurd samples."""

import numpy as np
from numpy.typing import NDArray

# +120 dBFS: float files that hold integers' values are sound, what lies beyond is damage.
LOUDEST = np.float32(1e6)


def silence_damage(block: NDArray[np.float32]) -> int:
    """Set to zero, in place, what is no sound, and say how many samples it was."""
    if block.min() >= -LOUDEST and block.max() <= LOUDEST:  # NaN is neither
        return 0
    damaged = ~(abs(block) <= LOUDEST)
    block[damaged] = 0
    return int(damaged.sum())
