"""Chunks of any size in, whole seconds out."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


class Seconds:
    """Cuts planar sound into blocks of `length` samples.

    Every stage behind it sees the same blocks however the sound arrived, so results cannot depend
    on the chunk size, not even in the last bit.
    """

    def __init__(self, channels: int, length: int) -> None:
        self._block = np.empty((channels, length), np.float32)
        self._filled = 0

    def fill(self, chunk: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """Yield each block the chunk completes; a block is overwritten once the next is asked."""
        length = self._block.shape[1]
        start = 0
        while start < chunk.shape[1]:
            piece = chunk[:, start : start + length - self._filled]
            start += piece.shape[1]
            self._block[:, self._filled : self._filled + piece.shape[1]] = piece
            self._filled += piece.shape[1]
            if self._filled == length:
                self._filled = 0
                yield self._block

    def rest(self) -> Iterator[NDArray[np.float32]]:
        """Yield what never became a whole block, if there is any."""
        if self._filled:
            yield self._block[:, : self._filled]
            self._filled = 0
