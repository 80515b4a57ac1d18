"""Bytes in a file of the caller's, for what would outgrow memory."""

from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray


class Spill:
    """Grows as a bytearray does; the file is empty, and open for reading and writing."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def extend(self, data: bytes) -> None:
        self._file.write(data)
        self._size += len(data)

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        self._file.seek(start)
        data = self._file.read(max(0, stop - start))
        self._file.seek(self._size)
        return data

    def whole(self) -> NDArray[np.uint8]:
        """Return a view of the file: in memory is what is looked at, for as long as there is room.

        Nothing may be added after it.
        """
        self._file.flush()
        if not self._size:  # no system maps an empty file
            return np.zeros(0, np.uint8)
        return np.memmap(self._file, np.uint8, "r", shape=(self._size,))
