"""How the loudness of a programme goes, in no more points than a screen is wide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from waveform.energy_grid import BINS_A_SECOND
from waveform.gating import audible_lufs

POINTS = 2_000
FIRST_STEP = 10  # bins; ten points a second, as Tech 3341 asks of a meter, for 200 s
BIN_MS = 1000 // BINS_A_SECOND

Levels: TypeAlias = tuple[float | None, ...]  # LUFS, to a tenth


class NotACurve(ValueError):
    """What was read is no curve that was written here."""


@dataclass(frozen=True, slots=True)
class LoudnessCurve:
    """A point is the loudest reading of its step, so the highest point is the maximum.

    A reading belongs to the moment at which its window ends. None is silence: under -70 LUFS, or
    before the first whole window.
    """

    step_ms: int
    momentary: Levels
    short_term: Levels

    def as_json(self) -> dict[str, object]:
        return {
            "step_ms": self.step_ms,
            "momentary": list(self.momentary),
            "short_term": list(self.short_term),
        }

    @classmethod
    def from_json(cls, told: object) -> "LoudnessCurve":
        if not isinstance(told, Mapping):
            raise NotACurve("it is no object")
        step = told.get("step_ms")
        if type(step) is not int or step < BIN_MS or step % BIN_MS:
            raise NotACurve(f"a step of {step!r} ms")
        curve = cls(step, _levels(told.get("momentary")), _levels(told.get("short_term")))
        if len(curve.momentary) != len(curve.short_term):
            raise NotACurve(f"{len(curve.momentary)} and {len(curve.short_term)} points")
        return curve


def _levels(told: object) -> Levels:
    if not isinstance(told, Sequence) or len(told) > POINTS:
        raise NotACurve("its points are no list, or too long a one")
    for level in told:
        if level is not None and not (type(level) in {int, float} and isfinite(level)):
            raise NotACurve(f"a point at {level!r}")
    return tuple(told)


class CurveBuilder:
    """Collects a curve from what Gating sees; when it is full, two steps become one.

    Its memory stays the same, and for each bin of 10 ms it only looks for a maximum.
    """

    def __init__(self) -> None:
        self._step = FIRST_STEP
        self._bins = 0
        self._loudest = np.zeros((2, POINTS))  # powers of the momentary and short-term window

    def add(self, momentary: NDArray[np.float64], short_term: NDArray[np.float64]) -> None:
        end = self._bins + momentary.size
        while end > POINTS * self._step:
            self._double_the_step()
        points = np.arange(self._bins, end) // self._step
        np.maximum.at(self._loudest[0], points, momentary)
        np.maximum.at(self._loudest[1], points, short_term)
        self._bins = end

    def curve(self) -> LoudnessCurve:
        """Return the curve so far; its last step may be a partial one."""
        used = -(-self._bins // self._step)
        momentary, short_term = (_tenths(powers[:used]) for powers in self._loudest)
        return LoudnessCurve(self._step * BIN_MS, momentary, short_term)

    def _double_the_step(self) -> None:
        pairs = self._loudest.reshape(2, -1, 2).max(axis=2)
        self._loudest = np.concatenate([pairs, np.zeros_like(pairs)], axis=1)
        self._step *= 2


def _tenths(powers: NDArray[np.float64]) -> Levels:
    levels = map(audible_lufs, powers.tolist())
    # A level just under zero shall not read -0.0.
    return tuple(None if level is None else round(level, 1) + 0.0 for level in levels)
