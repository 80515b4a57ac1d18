"""When the machine itself stood still: a hypervisor that takes the processors away says nothing.

One process for each processor, in real time, so that nothing in here can keep it waiting, sleeps a
millisecond again and again and notes when that took much longer. On a machine of two virtual
processors, both busy, some hosts stop both for 50 ms about once a second.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.interleaved import NotMeasured

TICK: Final = 0.001
LATE: Final = 0.005  # seconds beyond the tick
_AFTERMATH: Final = 0.005  # what piled up meanwhile is worked off


@dataclass(slots=True)
class Standstills:
    """Stretches of `time.perf_counter()` in which the machine stood still."""

    stretches: list[tuple[float, float]] = field(default_factory=list)

    def touch(self, start: float, end: float) -> bool:
        """Tell whether one of them lies between two moments, at least in part."""
        return any(start < late + _AFTERMATH and early < end for early, late in self.stretches)

    @property
    def seconds(self) -> float:
        return sum(late - early for early, late in self.stretches)


@contextlib.contextmanager
def watched() -> Iterator[Standstills]:
    """Fill in what stood still while the block ran; NotMeasured without the right to real time."""
    processors = sorted(os.sched_getaffinity(0))
    watchers = [_start(processor) for processor in processors]
    found = Standstills()
    try:
        yield found
    finally:
        for watcher in watchers:
            watcher.send_signal(signal.SIGTERM)
        for watcher in watchers:
            output, _ = watcher.communicate(timeout=10)
            if watcher.returncode:
                raise NotMeasured("who is not root may not watch in real time")
            found.stretches += [(early, late) for early, late in json.loads(output)]


def _start(processor: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.standstill", str(processor)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def main(arguments: Sequence[str]) -> int:
    """Watch one processor until SIGTERM, then print what was noted."""
    over: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: over.append(True))
    os.sched_setaffinity(0, {int(arguments[0])})
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    except PermissionError:
        return 1
    noted: list[tuple[float, float]] = []
    last = time.perf_counter()
    while not over:
        time.sleep(TICK)
        now = time.perf_counter()
        if now - last > TICK + LATE:
            noted.append((last + TICK, now))
        last = now
    sys.stdout.write(json.dumps(noted))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
