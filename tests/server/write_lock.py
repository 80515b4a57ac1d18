"""SQLite's write lock, held as another process would hold it."""

import contextlib
import sqlite3
from collections.abc import Iterator

from server.database import Database


@contextlib.contextmanager
def locked(database: Database) -> Iterator[None]:
    other = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()
