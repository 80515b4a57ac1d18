"""Bodies on their way to the disk: written by threads, one batch while the next arrives."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from storage.protocol import NoSpace

BATCH: Final = 1024**2  # bytes written in one thread hop
KEPT: Final = 8 * 1024**2  # bytes of a long file that stay in the system's cache
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_T = TypeVar("_T")


class Writable(Protocol):
    """What takes batches, in a thread."""

    def write(self, chunks: Sequence[bytes]) -> None: ...


async def write_all(target: Writable, body: AsyncIterator[bytes]) -> None:
    """Write one batch while the next arrives, so that neither disk nor network waits."""
    loop = asyncio.get_running_loop()
    writing: asyncio.Future[None] | None = None
    try:
        async for batch in _batches(body):
            if writing is not None:
                await finished(writing)
            writing = loop.run_in_executor(None, target.write, batch)
        if writing is not None:
            await finished(writing)
    finally:
        if writing is not None:
            writing.add_done_callback(_look_at)


async def finished(future: asyncio.Future[_T]) -> _T:
    """Wait for a thread; our cancellation never cancels what it does."""
    await asyncio.wait({future})
    return future.result()


@contextlib.contextmanager
def no_space_told(name: str) -> Iterator[None]:
    """Raise NoSpace for every way in which a system says that the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace(error.errno, os.strerror(error.errno), name) from error
        raise


async def _batches(body: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    async for chunk in body:
        batch.append(chunk)
        size += len(chunk)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _look_at(future: asyncio.Future[None]) -> None:
    # An error of the last write, when something else broke off the put: one error is enough.
    if not future.cancelled():
        future.exception()
