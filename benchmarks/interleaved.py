"""Two or more commands in turn, so that a noisy neighbour hurts all alike; medians and ratios."""

import os
import select
import subprocess
import tempfile
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_SAMPLE_MS = 20
_LAST_WORDS = 800  # characters of what a failed command said


class NotMeasured(Exception):
    """There is no figure, and why; never a reason to print one that means nothing."""


class Disagreement(NotMeasured):
    """The subjects did not do the same work, so their times mean nothing."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took: CPU of the process and its children, wall, peak memory."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float  # of the process itself


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end and read the kernel's account of it."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
        peak_mb = _watched(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace")[-_LAST_WORDS:]
            raise NotMeasured(f"{command[0]} ended with {process.returncode}: {words}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, peak_mb)


def _watched(process: int) -> float:
    """Wait for the end of a process, and return the most memory it held, in MB.

    The kernel's own `ru_maxrss` begins with what the parent held when it started the child, so a
    parent with numpy in it would pass its size on to every peer.
    """
    peak = 0
    poll = select.poll()
    ended = os.pidfd_open(process)
    try:
        poll.register(ended, select.POLLIN)
        while not poll.poll(_SAMPLE_MS):
            peak = max(peak, _high_water(process))
    finally:
        os.close(ended)
    return peak / 1e6


def _high_water(process: int) -> int:
    """Return bytes; 0 for a process that has just ended."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    return 0


def in_turn(
    commands: Mapping[str, Sequence[str]], rounds: int, answer: Callable[[str], Hashable]
) -> dict[str, list[Cost]]:
    """One warm-up of each, then `rounds` of A B C A B C and so on.

    `answer` says what the subject of that name made; unless all answers to the warm-up are equal,
    Disagreement is raised and nothing is measured.
    """
    for command in commands.values():
        run(command)
    agree({name: answer(name) for name in commands})
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(run(command))
    return costs


def agree(answers: Mapping[str, Hashable]) -> None:
    """Raise Disagreement unless all answers are equal."""
    if len(set(answers.values())) > 1:
        each = "; ".join(f"{name}: {answer}" for name, answer in answers.items())
        raise Disagreement(f"not the same work, so nothing is compared ({each})")


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median with the lowest and the highest: `1.02 [0.98 to 1.10]`."""
    middle, lowest, highest = (
        f"{value:.{digits}f}" for value in (median(values), min(values), max(values))
    )
    return f"{middle} [{lowest} to {highest}]"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours over theirs, pair by pair: under 1 we take less."""
    return [our / their for our, their in zip(ours, theirs, strict=True)]
