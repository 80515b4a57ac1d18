"""Passes the reports of all threads on, one at a time, and progress no oftener than it helps."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

from transcoder.reports import Progress, Report, Stage

_INTERVAL = 0.1  # seconds between two reports of progress


class Teller:
    def __init__(self, report: Callable[[Report], None]) -> None:
        self._report = report
        self._lock = Lock()
        self._next = 0.0

    def tell(self, report: Report) -> None:
        with self._lock:
            self._report(report)

    def is_time(self) -> bool:
        """Say whether progress may be told again."""
        return monotonic() >= self._next

    def progress(self, report: Progress) -> None:
        self._next = monotonic() + _INTERVAL
        self.tell(report)


class Share:
    """The progress of work that several threads do together."""

    def __init__(self, teller: Teller, stage: Stage, total: int) -> None:
        self._teller = teller
        self._stage: Stage = stage
        self._total = max(1, total)
        self._done = 0
        self._lock = Lock()

    def add(self, done: int) -> None:
        with self._lock:
            self._done += done
            due = self._teller.is_time()
            if due:
                percent = min(99, 100 * self._done // self._total)
                self._teller.progress(Progress(stage=self._stage, percent=percent))
