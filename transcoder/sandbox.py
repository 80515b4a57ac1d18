"""Locks a process in with one file to read and one folder to write, before it meets media.

Whatever is needed must have been imported before: afterwards Python's own modules cannot be read.
Each layer stands alone; one that this kernel lacks is named, never passed over in silence.
"""

import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from transcoder import landlock, seccomp
from transcoder.limits import Limits

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CPU_SECONDS = 5  # between the signal that can be caught and the one that cannot

NO_NETWORK_NAMESPACE: Final = "no network namespace"
NO_LANDLOCK: Final = "no landlock"
NO_SECCOMP: Final = "no seccomp"

_libc = ctypes.CDLL(None, use_errno=True)


def enter(*, reads: Path, writes: Path, keep: Iterable[int], limits: Limits) -> list[str]:
    """Lock this process in for good; return the layers that are missing here.

    `keep` are the descriptors that stay open. The working folder becomes `writes`, the
    environment empty.
    """
    _alone(keep)
    _limit(limits)
    os.chdir(writes)
    missing = _leave_network()
    _drop_capabilities()
    missing += _forget_files(reads, writes)
    missing += _refuse_calls()
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
    for kind, amount, beyond in (
        (resource.RLIMIT_AS, memory, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds, _LAST_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, limits.file_bytes, 0),
        (resource.RLIMIT_NOFILE, limits.open_files, 0),
        (resource.RLIMIT_NPROC, limits.processes, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY:
            hard = amount + beyond
        resource.setrlimit(kind, (min(amount, hard), min(amount + beyond, hard)))


def _leave_network() -> list[str]:
    """Move into a network namespace without an interface; a user namespace allows anybody that."""
    for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET):
        if _libc.unshare(flags) == 0:
            return []
    return [NO_NETWORK_NAMESPACE]


def _drop_capabilities() -> None:
    """Give up what root, or the first one in a user namespace, could do."""
    header, nothing = struct.pack("Ii", _CAPABILITY_VERSION_3, 0), bytes(24)
    if _libc.capset(header, nothing):
        raise OSError(ctypes.get_errno(), "capset")


def _forget_files(reads: Path, writes: Path) -> list[str]:
    rules = [(reads, landlock.READ_FILE), (writes, landlock.WRITE_BELOW)]
    devices = [(Path(os.devnull), landlock.READ_WRITE_DEVICE)]
    devices += [(Path("/dev/urandom"), landlock.READ_FILE)]  # where a library knows no getrandom
    try:
        landlock.restrict(rules + [rule for rule in devices if rule[0].exists()])
    except landlock.LandlockMissing:
        return [NO_LANDLOCK]
    return []


def _refuse_calls() -> list[str]:
    try:
        seccomp.restrict()
    except seccomp.SeccompMissing:
        return [NO_SECCOMP]
    return []
