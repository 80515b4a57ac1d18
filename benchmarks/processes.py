"""Who runs below whom, and what memory is a process's own, as /proc tells it."""

import os
import select
from pathlib import Path

from benchmarks.interleaved import NotMeasured


def below(process: int) -> list[int]:
    """Return the children of a process; none when it is gone."""
    try:
        tasks = list(Path(f"/proc/{process}/task").glob("*/children"))
        return [int(child) for task in tasks for child in task.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def zygote() -> int:
    """Return the zygote that this very process has started."""
    for child in below(os.getpid()):
        if b"transcoder.zygote_main" in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    raise NotMeasured("there is no zygote")


def wait_for_end(process: int, seconds: float) -> None:
    """Sleep until a process, not one of ours, has ended, but no longer than this."""
    try:
        watch = os.pidfd_open(process)
    except ProcessLookupError:
        return
    poll = select.poll()
    poll.register(watch, select.POLLIN)
    poll.poll(1000 * seconds)
    os.close(watch)


def private_mb(process: int) -> float | None:
    """Return what would be free again if the process ended; None when it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    except PermissionError as error:
        # A media child lets nobody look into it but the machine's administrator.
        raise NotMeasured("the memory of a sandboxed child is shown to root alone") from error
    kib = sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return 1024 * kib / 1e6
