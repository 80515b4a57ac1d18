"""A name for decoded sound: equal samples have equal hashes, whatever file they came in.

Hashed are, in this order: the line `houle-pcm-1`, rate, channels and kind of sample as decimal
text, a newline; then all samples, those of one moment together, little-endian, with integers at
the top of 16 or 32 bits as decoders deliver them. The kind is the file's bits for integers and
`float` for others. Floats out of a lossy decoder depend on its version, so that equal hashes mean
equal sound there too, but a different one may mean another decoder.
"""

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from waveform.used_bits import Exact


class PcmHash:
    """Fed with integers of (samples, channels) where `bits` are given, else with planar floats."""

    def __init__(self, rate: int, channels: int, bits: int | None) -> None:
        kind = "float" if bits is None else str(bits)
        self._hash = sha256(f"houle-pcm-1 {rate} {channels} {kind}\n".encode())

    def add(self, exact: Exact) -> None:
        self._update(np.ascontiguousarray(exact))

    def add_floats(self, planar: NDArray[np.float32]) -> None:
        interleaved = np.empty(planar.shape[::-1], np.float32)
        for index, channel in enumerate(planar):  # twice as fast as a transposed copy
            interleaved[:, index] = channel
        self._update(interleaved)

    def finish(self) -> str:
        return self._hash.hexdigest()

    def _update(self, samples: NDArray[np.generic]) -> None:
        self._hash.update(samples.astype(samples.dtype.newbyteorder("<"), copy=False).data)
