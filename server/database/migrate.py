"""Alembic at start: the schema is brought to head before anyone serves."""

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, func, make_url, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from server.database import postgresql
from server.database.sqlite import database_file, writer
from server.start_error import StartError

_LOCK = 0x686F756C65  # "houle": the advisory lock of those who migrate
_REFUSED = {"28", "3D", "53", "57"}  # classes: no such role or password, no such database, no room
_MIGRATIONS = Path(__file__).parent.parent / "migrations"


class SchemaUnknown(StartError):
    """The database was brought to a schema that this version has never heard of."""


class DatabaseFolderRefused(StartError):
    """The folder of the database takes no file of ours."""


class DatabaseUnreachable(StartError):
    """Nobody answers at the database's address, or not to us."""


def migrate(url: str) -> None:
    """Bring the database to the newest schema; of several callers at once one does the work.

    Not to be called where an event loop runs.
    """
    try:
        if postgresql.is_postgresql(url):
            asyncio.run(_migrate_server(url))
        else:
            _migrate_file(url)
    except CommandError as error:
        raise SchemaUnknown(
            f"The database was used by another version of Houle ({error}). "
            "Run that version, or restore a backup of this one's."
        ) from error


async def _migrate_server(url: str) -> None:
    engine = postgresql.engine(url, patience=0, size=1, overflow=0)
    try:
        async with engine.begin() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            await connection.run_sync(_upgrade)
    except (OSError, OperationalError, InterfaceError) as error:
        raise _unreachable(url, error) from error
    except DBAPIError as error:
        if (postgresql.sqlstate(error) or "")[:2] in _REFUSED:
            raise _unreachable(url, error.orig or error) from error
        raise
    finally:
        await engine.dispose()


def _unreachable(url: str, error: BaseException) -> DatabaseUnreachable:
    address = make_url(url).render_as_string(hide_password=True)
    return DatabaseUnreachable(f"The database {address} cannot be reached ({error}).")


def _upgrade(connection: Connection) -> None:
    command.upgrade(config(connection=connection), "head")


def _migrate_file(url: str) -> None:
    path = database_file(url)
    engine = writer(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.with_name(f".{path.name}.migrate")), engine.connect() as connection:
            _upgrade(connection)
    except OSError as error:
        words = f"The database's folder {path.parent} cannot be written ({error.strerror})."
        raise DatabaseFolderRefused(words) from error
    finally:
        engine.dispose()


def config(**attributes: object) -> Config:
    """Return the Alembic configuration that an alembic.ini would hold."""
    made = Config()
    made.set_main_option("script_location", str(_MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes.update(attributes)
    return made


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
