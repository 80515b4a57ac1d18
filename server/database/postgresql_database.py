"""The PostgreSQL engine: the same functions, each in a transaction of its own, on the event loop.

They were written for one writer at a time, and serializable transactions keep that promise: where
two could not have run one after the other, one of them is run again. What locks the very rows that
it judges by may say so with `@row_locking`, and is spared that.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine

from server.database import postgresql
from server.database.database import PATIENCE, Database, DatabaseAway, DatabaseBusy, locks_rows
from server.errors import DiskFull
from server.metrics import DATABASE_SECONDS

P = ParamSpec("P")
T = TypeVar("T")

_REST: Final = 0.01  # seconds, about, before what collided is run again

_Options: TypeAlias = Mapping[str, str | bool]
_READ: Final[_Options] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_WRITE: Final[_Options] = {"isolation_level": "SERIALIZABLE"}
_WRITE_ROWS: Final[_Options] = {"isolation_level": "READ COMMITTED"}
_AGAIN: Final = {postgresql.SERIALIZATION_FAILURE, postgresql.DEADLOCK}


class PostgresqlDatabase(Database):
    """A database on a server, shared by any number of machines.

    One that cannot be reached is a DatabaseAway; a change that collided again and again, or a pool
    that had no connection left, a DatabaseBusy.
    """

    def __init__(
        self,
        url: str,
        *,
        patience: float = PATIENCE,
        size: int = postgresql.POOL,
        overflow: int = postgresql.OVERFLOW,
    ) -> None:
        super().__init__(url)
        self._patience = patience
        self._running: set[asyncio.Task[Any]] = set()
        self._engine = postgresql.engine(url, patience=patience, size=size, overflow=overflow)
        # made once: to make one costs as much as a statement
        self._reading = self._engine.execution_options(**_READ)
        self._writing = self._engine.execution_options(**_WRITE)
        self._writing_rows = self._engine.execution_options(**_WRITE_ROWS)

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query on one snapshot."""
        with DATABASE_SECONDS.labels("read").time(), _told():
            return await self._run(self._reading, lambda c: query(c, *args, **kwargs))

    async def point(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an indexed read of a few rows."""
        with DATABASE_SECONDS.labels("point").time(), _told():
            return await self._run(self._reading, lambda c: query(c, *args, **kwargs))

    async def write(
        self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a change in one transaction, again where it collided; committed when it returns."""
        deadline = time.monotonic() + self._patience
        engine = self._writing_rows if locks_rows(change) else self._writing
        with DATABASE_SECONDS.labels("write").time(), _told():
            while True:
                try:
                    return await self._run(engine, lambda c: change(c, *args, **kwargs))
                except DBAPIError as error:
                    if postgresql.sqlstate(error) not in _AGAIN:
                        raise
                    if time.monotonic() >= deadline:
                        raise DatabaseBusy("The database is busy. Try again.") from error
                await asyncio.sleep(_REST * random.random())  # noqa: S311 -- so that they part

    async def _run(self, engine: AsyncEngine, run: Callable[[Connection], T]) -> T:
        """Run a transaction to its end even if who waits for it is cancelled.

        One that is torn leaves the connection in the middle of a word: asyncpg then refuses to roll
        back, and the cancellation comes out as its error.
        """
        running = asyncio.create_task(self._transaction(engine, run))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            await asyncio.wait({running})
            _look_at(running)
            raise
        return running.result()

    async def _transaction(self, engine: AsyncEngine, run: Callable[[Connection], T]) -> T:
        async with engine.begin() as connection:
            return await connection.run_sync(run)

    async def close(self) -> None:
        """Let what runs finish, then close every connection."""
        if self._running:
            await asyncio.wait(self._running)
        await self._engine.dispose()


def _look_at(ended: asyncio.Task[Any]) -> None:
    # Who waited for it has gone; nobody else asks for its error.
    if not ended.cancelled():
        ended.exception()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except PoolExhausted as error:
        raise DatabaseBusy("The database has no connection left. Try again.") from error
    except DBAPIError as error:
        if postgresql.sqlstate(error) == postgresql.DISK_FULL:
            raise DiskFull("The database's disk is full.") from error
        if error.connection_invalidated or postgresql.sqlstate(error) == postgresql.TOO_MANY:
            raise DatabaseAway("The database cannot be reached. Try again.") from error
        raise
    except OSError as error:  # refused, or no answer in time: asyncpg says so bare
        raise DatabaseAway("The database cannot be reached. Try again.") from error
