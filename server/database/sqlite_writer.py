"""SQLite's one writing connection: changes that wait for it at the same moment share a commit.

To bring a commit to the disk takes longer than many changes. Each of them runs in a savepoint, so
that one that fails leaves nothing of itself and alone hears of it. Nobody is answered before the
commit.
"""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Generic, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.engine import RootTransaction
from sqlalchemy.exc import OperationalError

from server.database.database import DatabaseBusy
from server.database.sqlite import result_code, writer
from server.errors import DiskFull
from server.metrics import DATABASE_SECONDS

T = TypeVar("T")

TOGETHER: Final = 64  # changes in one transaction; those behind them wait for the next


class Writer:
    """Makes changes, one after the other, in a thread of its own."""

    def __init__(self, url: str, *, patience: float, busy_seconds: float) -> None:
        self._patience = patience
        self._engine = writer(url, busy_seconds=busy_seconds)
        self._waiting: deque[_Change[Any]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database-write")

    async def write(self, run: Callable[[Connection], T]) -> T:
        """Run a change; it is on disk when this returns."""
        # From now on: those behind a write that waits for a lock wait for it, too.
        change = _Change(run, time.monotonic() + self._patience)
        self._waiting.append(change)
        self._thread.submit(self._make_some)
        return await asyncio.wrap_future(change.answer)

    def close(self) -> None:
        """Make what waits, then close the connection."""
        self._thread.shutdown()
        self._engine.dispose()

    def _make_some(self) -> None:
        # Asked for once for each change: those that went along with an earlier one are gone.
        if changes := self._taken():
            self._make(changes)

    def _taken(self) -> list[_Change[Any]]:
        taken: list[_Change[Any]] = []
        while self._waiting and len(taken) < TOGETHER:
            change = self._waiting.popleft()
            if change.answer.set_running_or_notify_cancel():
                taken.append(change)
        return taken

    def _make(self, changes: Sequence[_Change[Any]]) -> None:
        """Make changes in one transaction, and answer all of them."""
        try:
            answers = self._committed(changes)
        except _TransactionLost as lost:
            if len(changes) == 1:
                changes[0].refuse(lost.reason)
                return
            for change in changes:  # the innocent beside it shall not suffer
                self._make([change])
        except BaseException as error:  # noqa: BLE001 -- theirs, as an executor would tell it
            for change in changes:
                change.refuse(error)
        else:
            for answer in answers:
                answer()

    def _committed(self, changes: Sequence[_Change[Any]]) -> Sequence[Callable[[], None]]:
        with (
            DATABASE_SECONDS.labels("write").time(),
            self._engine.connect() as connection,
            _begun(connection, changes),
        ):
            return [change.make(connection) for change in changes if not change.answer.done()]


class _TransactionLost(Exception):
    """SQLite rolled back more than the change that failed, as it may where the disk is full."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(eq=False, slots=True)
class _Change(Generic[T]):
    """What somebody wants written, and waits for."""

    run: Callable[[Connection], T]
    deadline: float
    answer: Future[T] = field(default_factory=Future)
    context: contextvars.Context = field(default_factory=contextvars.copy_context)

    def make(self, connection: Connection) -> Callable[[], None]:
        """Run in a savepoint; return what answers, which is to be called after the commit."""
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        driver.execute("SAVEPOINT change")  # exec_driver_sql: four times the cost
        try:
            result = self.context.run(self.run, connection)
            driver.execute("RELEASE change")
        except BaseException as error:
            if not driver.in_transaction:
                raise _TransactionLost(error) from error
            driver.execute("ROLLBACK TO change")
            driver.execute("RELEASE change")
            return partial(self.refuse, error)
        return partial(self.answer.set_result, result)

    def refuse(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(_in_our_words(error))


def _begun(connection: Connection, changes: Sequence[_Change[Any]]) -> RootTransaction:
    """Begin, retried while other processes hold the lock; once begun, nothing can be busy."""
    while True:
        try:
            return connection.begin()
        except OperationalError as error:
            if result_code(error) != sqlite3.SQLITE_BUSY:
                raise
            busy = DatabaseBusy("The database is busy. Try again.")
            for change in changes:
                if time.monotonic() >= change.deadline:
                    change.refuse(busy)
            if all(change.answer.done() for change in changes):
                raise busy from error


def _in_our_words(error: BaseException) -> BaseException:
    if isinstance(error, OperationalError) and result_code(error) == sqlite3.SQLITE_FULL:
        full = DiskFull("The server's disk is full.")
        full.__cause__ = error
        return full
    return error
