"""The folder a media child writes into: how much may lie there, and how it is removed.

The kernel bounds one file, nobody the sum of many; and a child that was taken over may leave
folders so deep that neither a path nor Python's own `rmtree` reaches their end.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final
from uuid import uuid4

from transcoder.errors import LimitExceeded

_LEAST: Final = 6 * 1024**3  # bytes: twelve hours of every AAC rung are 4.3 GB
_FOR_A_BYTE: Final = 3  # of the source: FLAC made of 8-bit samples takes up to two
_AN_ENTRY: Final = 4096  # bytes that a name and its inode count for
_DEEPEST: Final = 8  # folders; an honest child makes two
_PAUSE: Final = 1.0  # seconds between two looks
_SHARE: Final = 30  # pauses are this much longer than looks


def most_for(source: Path) -> int:
    """Return how many bytes an ingest of this file may make."""
    return _LEAST + _FOR_A_BYTE * source.stat().st_size


@asynccontextmanager
async def kept_small(folder: Path, most: int) -> AsyncIterator[None]:
    """Break off with LimitExceeded once there is more than that in the folder."""
    try:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(_watch(folder, most))
            yield
            watching.cancel()
    except ExceptionGroup as errors:  # the watch failed, or what it was kept for
        raise errors.exceptions[0] from None


async def _watch(folder: Path, most: int) -> None:
    while True:
        began = monotonic()
        if await asyncio.to_thread(_is_over, folder, most):
            raise LimitExceeded("This file takes more room than one file may take.")
        await asyncio.sleep(max(_PAUSE, _SHARE * (monotonic() - began)))


def _is_over(folder: Path, most: int) -> bool:
    """Stop counting as soon as it is known; what cannot be looked into counts as too much."""
    used, waiting = 0, [(str(folder), 0)]
    while waiting:
        path, depth = waiting.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    used += _AN_ENTRY + 512 * entry.stat(follow_symlinks=False).st_blocks
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
        except FileNotFoundError:
            continue  # renamed or removed meanwhile
        except OSError:
            return True
        if used > most or depth > _DEEPEST:
            return True
    return False


def remove(folder: Path) -> None:
    """Remove a folder that nobody writes into any more; what resists stays for the next start."""
    with suppress(OSError):
        while entries := _entries(folder):
            for entry in entries:
                _remove(entry, folder)
        folder.rmdir()


def _remove(entry: os.DirEntry[str], folder: Path) -> None:
    if not entry.is_dir(follow_symlinks=False):
        Path(entry).unlink()
        return
    Path(entry).chmod(0o700)  # a child may make folders that even it cannot enter
    for inner in _entries(Path(entry)):
        Path(inner).rename(folder / uuid4().hex)  # up, so that no path ever becomes long
    Path(entry).rmdir()


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)
