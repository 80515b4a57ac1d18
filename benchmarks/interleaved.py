"""Two or more commands in turn, so that a noisy neighbour hurts all alike; medians and ratios."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took: CPU of the process and its children, wall, peak memory."""

    cpu_seconds: float
    wall_seconds: float
    peak_mib: float


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end and read the kernel's account of it."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    words = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {words[-800:]!r}")
    wall = time.perf_counter() - started
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def in_turn(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[Cost]]:
    """One warm-up of each, then `rounds` of A B C A B C and so on."""
    for command in commands.values():
        run(command)
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(run(command))
    return costs


def spread(values: Sequence[float]) -> str:
    """Median with the lowest and the highest: `1.02 [0.98 to 1.10]`."""
    return f"{median(values):.2f} [{min(values):.2f} to {max(values):.2f}]"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours over theirs, pair by pair: under 1 we take less."""
    return [our / their for our, their in zip(ours, theirs, strict=True)]
