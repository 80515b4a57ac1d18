"""How many of an integer sample's bits are ever used."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Exact: TypeAlias = NDArray[np.int16] | NDArray[np.int32]  # full scale, as numbers of their type


class UsedBits:
    """Counts from the highest bit down to the lowest one that any sample has set.

    16-bit sound in a 24-bit file uses 16. Sound that was turned or dithered after it was widened
    uses all bits, and cannot be told from sound that was recorded with them.
    """

    def __init__(self) -> None:
        self._width = 0
        self._union = 0

    def add(self, exact: Exact) -> None:
        if exact.size:
            self._width = 8 * exact.itemsize
            self._union |= int(np.bitwise_or.reduce(exact, axis=None))

    def finish(self) -> int:
        """Return the number of bits; silence uses none."""
        lowest = self._union & -self._union
        return self._width + 1 - lowest.bit_length() if lowest else 0
