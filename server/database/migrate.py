"""Alembic at start: the schema is brought to head before anyone serves."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config

from server.database.sqlite import database_file, writer

_MIGRATIONS = Path(__file__).parent.parent / "migrations"


def migrate(url: str) -> None:
    """Bring the database to the newest schema; of several callers at once one does the work."""
    path = database_file(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = writer(url)
    try:
        with _alone(path.with_name(f".{path.name}.migrate")), engine.connect() as connection:
            command.upgrade(config(connection=connection), "head")
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
