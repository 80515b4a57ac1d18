"""A meter that is read while the sound goes on (Tech 3341, EBU Mode)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waveform.analysis import check_chunk, checked_weights
from waveform.blocks import Seconds
from waveform.damage import silence_damage
from waveform.energy_grid import EnergyGrid
from waveform.gating import Gating, audible_lufs
from waveform.upsampling import Upsampler, factor

READINGS_A_SECOND = 20  # Tech 3341 asks for ten at least


class LiveMeter:
    """Fed with float32 planar chunks of any size; its figures are new every 50 ms.

    Maxima are sought in every 10 ms, however seldom they are read. Levels are in LUFS; None is
    silence (under -70 LUFS), or that the sound is shorter than the window.
    """

    def __init__(self, rate: int, channels: int, *, weights: Sequence[float] | None = None) -> None:
        weights = checked_weights(rate, channels, weights)
        times = factor(rate)
        self._channels = channels
        self._blocks = Seconds(channels, rate // READINGS_A_SECOND)
        self._upsampler = Upsampler(channels, times) if times > 1 else None
        self._grid = EnergyGrid(rate * times, weights)
        self._gating = Gating()
        self._momentary = 0.0
        self._short_term = 0.0

    def feed(self, chunk: NDArray[np.float32]) -> None:
        check_chunk(chunk, self._channels)
        for block in self._blocks.fill(chunk):
            silence_damage(block)
            sound = self._upsampler.raise_rate(block) if self._upsampler else block
            momentary, short_term = self._gating.add(self._grid.powers(sound))
            if momentary.size:
                self._momentary, self._short_term = float(momentary[-1]), float(short_term[-1])

    @property
    def momentary(self) -> float | None:
        """The last 400 ms."""
        return audible_lufs(self._momentary)

    @property
    def short_term(self) -> float | None:
        """The last 3 s."""
        return audible_lufs(self._short_term)

    @property
    def momentary_max(self) -> float | None:
        return self._gating.momentary_max

    @property
    def short_term_max(self) -> float | None:
        return self._gating.short_term_max

    @property
    def integrated(self) -> float | None:
        """All since the start, gated."""
        return self._gating.integrated

    @property
    def range(self) -> float | None:
        """In LU, since the start; EBU calls it stable from 60 s on."""
        return self._gating.range
