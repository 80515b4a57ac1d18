"""Locks a process in with one file to read and one folder to write, before it meets media.

Whatever is needed must have been imported before: afterwards Python's own modules cannot be read.
Each layer stands alone; one that this kernel lacks is named, never passed over in silence.
"""

import ctypes
import os
import resource
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from transcoder import landlock
from transcoder.limits import Limits

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4

NO_NETWORK_NAMESPACE: Final = "no network namespace"
NO_LANDLOCK: Final = "no landlock"

_libc = ctypes.CDLL(None, use_errno=True)


def enter(*, reads: Path, writes: Path, keep: Iterable[int], limits: Limits) -> list[str]:
    """Lock this process in for good; return the layers that are missing here.

    `keep` are the descriptors that stay open. The working folder becomes `writes`, the
    environment empty.
    """
    _alone(keep)
    _limit(limits)
    os.chdir(writes)
    missing = []
    if not _leave_network():
        missing.append(NO_NETWORK_NAMESPACE)
    try:
        landlock.restrict([(reads, landlock.READ_FILE), (writes, landlock.WRITE_BELOW)])
    except landlock.LandlockMissing:
        missing.append(NO_LANDLOCK)
    return missing


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent is gone; exit if it is gone already."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _alone(keep: Iterable[int]) -> None:
    """Share nothing with anybody: no descriptor, no variable, no dump of memory."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    kept = sorted({0, 1, 2, *keep})
    for below, above in zip(kept, [*kept[1:], 1 << 20], strict=True):
        os.closerange(below + 1, above)
    os.environ.clear()
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _limit(limits: Limits) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory = pages * resource.getpagesize() + limits.memory_bytes
    for kind, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (least, least))


def _leave_network() -> bool:
    """Move into a network namespace without an interface; a user namespace allows anybody that."""
    for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET):
        if _libc.unshare(flags) == 0:
            return True
    return False
