"""Where nothing is heard: at the beginning, at the end and in long gaps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waveform.energy_grid import BINS_A_SECOND

THRESHOLD = 1e-6  # mean square: -60 dBFS, where 0 dBFS is a full-scale square wave
MOST_GAPS = 32  # kept with their places; all are counted


@dataclass(frozen=True, slots=True)
class Gap:
    """Silence between sounds."""

    start: int  # sample
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """In samples, in steps of 10 ms; a programme of nothing but silence is all `leading`."""

    leading: int
    trailing: int
    gaps: tuple[Gap, ...]  # of half a second and more, the first ones
    gap_count: int
    gap_samples: int


class SilenceFinder:
    """Reads unweighted power in bins of 10 ms. Every block but the last is a whole second.

    A bin is silent when it is on every channel. A channel's offset counts as sound.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._edges = np.arange(BINS_A_SECOND + 1) * rate // BINS_A_SECOND
        self._samples = 0
        self._quiet_since: int | None = 0
        self._leading: int | None = None
        self._gaps: list[Gap] = []
        self._gap_count = 0
        self._gap_samples = 0

    def add(self, block: NDArray[np.float32]) -> None:
        edges = self._edges[self._edges < block.shape[1]]
        sizes = np.diff(np.append(edges, block.shape[1]))
        powers = np.add.reduceat(block * block, edges, axis=1).max(axis=0) / sizes
        quiet = powers < THRESHOLD
        was_quiet = np.append(self._quiet_since is not None, quiet[:-1])
        for turn in np.flatnonzero(quiet != was_quiet):
            self._turn(self._samples + int(edges[turn]))
        self._samples += block.shape[1]

    def finish(self) -> Silence:
        since, heard = self._quiet_since, self._leading is not None
        return Silence(
            leading=self._leading if self._leading is not None else self._samples,
            trailing=self._samples - since if since is not None and heard else 0,
            gaps=tuple(self._gaps),
            gap_count=self._gap_count,
            gap_samples=self._gap_samples,
        )

    def _turn(self, sample: int) -> None:
        """Silence begins or ends here."""
        since = self._quiet_since
        self._quiet_since = sample if since is None else None
        if since is None:
            return
        if self._leading is None:
            self._leading = sample
        elif 2 * (sample - since) >= self._rate:
            self._gap_count += 1
            self._gap_samples += sample - since
            if len(self._gaps) < MOST_GAPS:
                self._gaps.append(Gap(since, sample - since))
