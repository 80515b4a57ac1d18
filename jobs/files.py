"""Files that are read and written by threads, a block at a time."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, ParamSpec, TypeVar

READ: Final = 1024**2  # bytes in memory at once

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run it in a thread and wait for its end, whoever cancels: nothing of it comes late."""
    running = asyncio.ensure_future(asyncio.to_thread(call, *args, **kwargs))
    try:
        await asyncio.wait({running})
    except asyncio.CancelledError:
        await asyncio.wait({running})
        if not running.cancelled():
            running.exception()  # one error is enough
        raise
    return running.result()


def opened_finished(path: Path) -> tuple[BinaryIO, int]:
    """Open a file that an untrusted process made, and say how long it is: no link, no pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no regular file", str(path))
    return open(descriptor, "rb"), found.st_size  # noqa: PTH123 -- a descriptor has no path


def block_of(file: BinaryIO, start: int, size: int) -> bytes:
    """Return up to `size` bytes; OSError where the file ends before, which it did not before."""
    file.seek(start)
    block = file.read(size)
    if not block:
        raise OSError(errno.EIO, "the file became shorter")
    return block


def write_at(file: BinaryIO, start: int, block: bytes) -> None:
    file.seek(start)
    file.write(block)


def cut(file: BinaryIO, size: int) -> None:
    """Forget what lies behind the first `size` bytes."""
    file.seek(size)
    file.truncate()
