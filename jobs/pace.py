"""Tells work that takes long from work that is stuck: by how often it gave a sign so far."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Final

TIMES: Final = 10  # as long as usual is no longer usual
LEAST: Final = 60.0  # seconds; some steps are quick, and the machine may be busy
FIRST: Final = 300.0  # seconds to the first sign: models are loaded, files fetched
MOVING: Final = 30.0  # seconds between two signs of a long transfer
_REMEMBERED: Final = 64  # intervals


class Pace:
    """The signs of one job; times are seconds of one monotonic clock."""

    def __init__(self, began: float, *, least: float = LEAST, first: float = FIRST) -> None:
        self._last = began
        self._least = least
        self._first = first
        self._intervals: deque[float] = deque(maxlen=_REMEMBERED)

    def sign(self, now: float) -> None:
        """Note that the work did something."""
        self._intervals.append(now - self._last)
        self._last = now

    def moving(self, now: float) -> None:
        """Note that bytes move: a sign now and then, so that quick ones do not become the usual."""
        if now - self._last >= MOVING:
            self.sign(now)

    def is_stuck(self, now: float) -> bool:
        """Tell whether the silence is ten times as long as usual."""
        return now - self._last > self._patience()

    def _patience(self) -> float:
        if not self._intervals:
            return self._first
        return max(self._least, TIMES * median(self._intervals))
