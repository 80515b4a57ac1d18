"""Alembic at start: the schema is brought to head before anyone serves."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from server.database.sqlite import database_file, writer
from server.start_error import StartError

_MIGRATIONS = Path(__file__).parent.parent / "migrations"


class SchemaUnknown(StartError):
    """The database was brought to a schema that this version has never heard of."""


class DatabaseFolderRefused(StartError):
    """The folder of the database takes no file of ours."""


def migrate(url: str) -> None:
    """Bring the database to the newest schema; of several callers at once one does the work."""
    path = database_file(url)
    engine = writer(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.with_name(f".{path.name}.migrate")), engine.connect() as connection:
            command.upgrade(config(connection=connection), "head")
    except CommandError as error:
        raise SchemaUnknown(
            f"The database {path} was used by another version of Houle ({error}). "
            "Run that version, or restore a backup of this one's."
        ) from error
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
