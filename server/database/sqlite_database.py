"""The SQLite engine: reads beside one writer, each function in a transaction of its own.

Functions take a synchronous Connection, so that another engine may run the same ones. SQLite is
called without a driver thread of its own: an indexed point read costs less than the hop to one.
"""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RootTransaction
from sqlalchemy.exc import OperationalError

from server.database.database import PATIENCE, Database, DatabaseBusy
from server.database.sqlite import BUSY_SECONDS, readers, result_code, writer
from server.errors import DiskFull
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
        self._patience = patience
        self._writer = writer(url, busy_seconds=busy_seconds)
        self._readers = readers(url, READERS)
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="database-write")
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
        """Run a change in one transaction; it is on disk when this returns."""
        # From now on: those behind a write that waits for a lock wait for it, too.
        deadline = time.monotonic() + self._patience

        def run() -> T:
            with DATABASE_SECONDS.labels("write").time(), _room_told():
                return _write(
                    self._writer, deadline, lambda connection: change(connection, *args, **kwargs)
                )

        return await _in(self._write_thread, run)

    async def close(self) -> None:
        """Let what runs finish, then close every connection."""
        await asyncio.to_thread(self._shut)
        if self._inline is not None:
            self._inline.close()
            self._inline = None
        self._readers.dispose()
        self._writer.dispose()

    def _shut(self) -> None:
        self._write_thread.shutdown()
        self._read_threads.shutdown()


async def _in(threads: ThreadPoolExecutor, run: Callable[[], T]) -> T:
    context = contextvars.copy_context()  # logs keep the request id
    return await asyncio.get_running_loop().run_in_executor(threads, context.run, run)


def _write(engine: Engine, deadline: float, change: Callable[[Connection], T]) -> T:
    """Begin, retried while other processes hold the lock; once begun, nothing can be busy."""
    with engine.connect() as connection, _begun(connection, deadline):
        return change(connection)


def _begun(connection: Connection, deadline: float) -> RootTransaction:
    while True:
        try:
            return connection.begin()
        except OperationalError as error:
            if result_code(error) != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() >= deadline:
                raise DatabaseBusy("The database is busy. Try again.") from error


@contextmanager
def _room_told() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if result_code(error) == sqlite3.SQLITE_FULL:
            raise DiskFull("The server's disk is full.") from error
        raise
