"""How SQLite is opened: the pragmas, and transactions that begin as they will be used."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

PREFIX = "sqlite:///"
BUSY_SECONDS = 5.0  # SQLite's own wait for a lock, each time it is asked

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # in WAL, NORMAL may lose an acknowledged commit at power loss
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -16384",  # 16 MiB a connection
    "PRAGMA temp_store = MEMORY",
)


def writer(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """Return the engine of the one writing connection."""
    # used by one thread at a time, not always the one that opened it
    engine = create_engine(
        _address(url),
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # a traceback must not carry a password's hash
    )
    return _prepared(engine, begin="BEGIN IMMEDIATE", busy_seconds=busy_seconds)


def readers(url: str, size: int) -> Engine:
    """Return the engine of connections that see one snapshot a transaction and change nothing."""
    engine = create_engine(
        _address(url),
        poolclass=QueuePool,
        pool_size=size + 1,  # one more for the inline reads
        connect_args={"check_same_thread": False},
        hide_parameters=True,
    )
    return _prepared(engine, begin="BEGIN", read_only=True)


def database_file(url: str) -> Path:
    """Return the file that an address names: all of what follows, be there a `?` in it."""
    return Path(url.removeprefix(PREFIX))


def result_code(error: DatabaseError) -> int | None:
    """Return SQLite's primary result code, such as sqlite3.SQLITE_BUSY."""
    original = error.orig
    # errors that the driver itself raises have no code
    code = getattr(original, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


_WORDS = {
    sqlite3.SQLITE_BUSY: "The database is locked by another process. Try again.",
    sqlite3.SQLITE_READONLY: "The database cannot be written: it is read-only here.",
    sqlite3.SQLITE_FULL: "The disk with the database is full.",
    sqlite3.SQLITE_CANTOPEN: "The database cannot be opened. May it be read and written here?",
    sqlite3.SQLITE_IOERR: "The disk with the database fails, or is full.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged. Restore it from a backup.",
    sqlite3.SQLITE_NOTADB: "The database's file is no database. Restore it from a backup.",
}


def words_for(error: DatabaseError) -> str | None:
    """Say what the operator can mend; None when it is a bug of ours."""
    code = result_code(error)
    return None if code is None else _WORDS.get(code)


def _address(url: str) -> URL:
    return URL.create("sqlite", database=str(database_file(url)))


def _prepared(
    engine: Engine, *, begin: str, read_only: bool = False, busy_seconds: float = BUSY_SECONDS
) -> Engine:
    pragmas = (
        f"PRAGMA busy_timeout = {round(1000 * busy_seconds)}",
        *_PRAGMAS,
        f"PRAGMA query_only = {int(read_only)}",
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        try:
            connection.connection.cursor().execute(begin)  # exec_driver_sql: four times the cost
        except sqlite3.OperationalError as error:  # SQLAlchemy wraps no error of a listener
            raise OperationalError(begin, None, error) from error

    return engine
