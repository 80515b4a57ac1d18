"""The SQLite engine: reads beside one writer, each function in a transaction of its own.

Functions take a synchronous Connection, so that another engine may run the same ones. SQLite is
called without a driver thread of its own: an indexed point read costs less than the hop to one.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from server.database.database import PATIENCE, Database
from server.database.sqlite import BUSY_SECONDS, readers
from server.database.sqlite_writer import Writer
from server.metrics import DATABASE_SECONDS

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4  # threads; scans only, point reads run inline


class SqliteDatabase(Database):
    """One database file, shared by several processes of one machine."""

    def __init__(
        self, url: str, *, patience: float = PATIENCE, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        super().__init__(url)
        self._writer = Writer(url, patience=patience, busy_seconds=busy_seconds)
        self._readers = readers(url, READERS)
        self._read_threads = ThreadPoolExecutor(READERS, thread_name_prefix="database-read")
        self._inline: Connection | None = None

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query on one snapshot in a reader thread."""

        def run() -> T:
            with DATABASE_SECONDS.labels("read").time(), self._readers.begin() as connection:
                return query(connection, *args, **kwargs)

        return await _in(self._read_threads, run)

    async def point(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an indexed read of a few rows at once, on the event loop."""
        if self._inline is None:
            self._inline = self._readers.connect()
        with DATABASE_SECONDS.labels("point").time(), self._inline.begin():
            return query(self._inline, *args, **kwargs)

    async def write(
        self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a change as if in a transaction of its own; it is on disk when this returns."""
        return await self._writer.write(lambda connection: change(connection, *args, **kwargs))

    async def close(self) -> None:
        """Let what runs finish, then close every connection."""
        await asyncio.to_thread(self._read_threads.shutdown)
        if self._inline is not None:
            self._inline.close()
            self._inline = None
        self._readers.dispose()
        await asyncio.to_thread(self._writer.close)  # the last: it takes the journal along


async def _in(threads: ThreadPoolExecutor, run: Callable[[], T]) -> T:
    context = contextvars.copy_context()  # logs keep the request id
    return await asyncio.get_running_loop().run_in_executor(threads, context.run, run)
