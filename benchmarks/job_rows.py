"""Jobs by the hundred thousand, made by the database itself, with ids as long as real ones."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Connection, String, cast, insert, literal, select

from server.database import Database, migrate
from server.jobs import JOBS
from tests.postgresql import postgresql_server
from tests.server.engines import Engine, Postgresql, Sqlite

_AT_ONCE: Final = 50_000  # rows in a transaction
_ID: Final = "0190a1b2-c3d4-7e5f-8a9b-00"  # ten digits are left

Values = Callable[[ColumnElement[int]], Mapping[str, Any]]


@contextmanager
def engines(folder: Path) -> Iterator[Mapping[str, str]]:
    """Yield the address of an empty Houle database of each kind, by its name.

    Both are on a disk, and wait for it: SQLite as Houle opens it, PostgreSQL as it comes.
    """
    with postgresql_server(durable=True) as server:
        kinds: tuple[Engine, ...] = (Sqlite(), Postgresql(server))
        urls = {kind.name: kind.empty(folder / "engines") for kind in kinds}
        for url in urls.values():
            migrate(url)
        yield urls


async def fill(database: Database, count: int, values: Values) -> None:
    """Add jobs; `values` says what is in the columns of the job of a number."""
    for first in range(0, count, _AT_ONCE):
        await database.write(_add, first, min(count, first + _AT_ONCE), values)


def _add(connection: Connection, first: int, end: int, values: Values) -> None:
    number = _numbers(first, end).c.number
    job_id = literal(_ID) + cast(number + 1_000_000_000, String)
    columns = {"id": job_id, **values(number)}
    made = [
        value if isinstance(value, ColumnElement) else literal(value, JOBS.c[name].type)
        for name, value in columns.items()
    ]
    connection.execute(insert(JOBS).from_select(list(columns), select(*made)))


def _numbers(first: int, end: int) -> CTE:
    numbers = select(literal(first).label("number")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < end - 1))
