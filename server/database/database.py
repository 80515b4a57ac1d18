"""What every engine does: runs plain functions over a Connection, each in a transaction of its own.

The functions belong to the slices (`store.py`) and know no engine. They are synchronous, so that
SQLite may call them where they stand and PostgreSQL from a greenlet on the event loop.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec, TypeVar

from aiohttp import web
from sqlalchemy import Connection

from server.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])

PATIENCE: Final = 15.0  # seconds a write waits for others before it is refused


class DatabaseBusy(Unavailable):
    """Others kept the database for too long."""


class DatabaseAway(Unavailable):
    """The database cannot be reached."""


class Database(ABC):
    """One database, shared by several processes.

    A write that finds no room on the disk is a DiskFull; one that waited in vain a DatabaseBusy.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    @abstractmethod
    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query on one snapshot, beside the event loop."""

    @abstractmethod
    async def point(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an indexed read of a few rows on one snapshot, at once."""

    @abstractmethod
    async def write(
        self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a change in one transaction; it is durable when this returns.

        It may run more than once, so it changes nothing but the database.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let what runs finish, then close every connection."""


DATABASE = web.AppKey("database", Database)


def row_locking(change: F) -> F:
    """Say that a change locks every row that it judges by, so that it needs no other isolation."""
    _ROW_LOCKING.add(change)
    return change


def locks_rows(change: Callable[..., object]) -> bool:
    return change in _ROW_LOCKING


_ROW_LOCKING: set[Callable[..., object]] = set()
