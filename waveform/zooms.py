"""Several zoom levels of one sound, all from one pass over it."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from waveform.peaks import Bits, Peaks, PeaksBuilder


class ZoomsBuilder:
    """Measures each zoom that no finer one divides, and merges the others from those.

    To merge is exact where the finer zoom divides the coarser one: its pixels are pixels of the
    finer one put together, and the last is partial in both.
    """

    def __init__(self, rate: int, channels: int, zooms: Collection[int], *, bits: Bits) -> None:
        self._zooms = sorted(set(zooms))
        self._builders = {
            zoom: PeaksBuilder(rate, channels, zoom, bits=bits)
            for zoom in self._zooms
            if not any(zoom % finer == 0 for finer in self._zooms if finer < zoom)
        }

    def add(self, block: NDArray[np.int16]) -> None:
        for builder in self._builders.values():
            builder.add(block)

    def finish(self) -> dict[int, Peaks]:
        """Return the peaks by their samples per pixel, the finest first."""
        made: dict[int, Peaks] = {}
        for zoom in self._zooms:
            if zoom in self._builders:
                made[zoom] = self._builders[zoom].finish()
            else:  # from the coarsest that divides it: each level then costs a part of the last
                made[zoom] = made[max(z for z in made if zoom % z == 0)].zoom(zoom)
        return made
