"""The steps lead to the tables that the slices declare, from any number of processes at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiohttp import web
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from server.database import METADATA, Database, migrate
from tests.server.engines import Engine


async def test_the_migrated_schema_is_what_the_slices_declare(
    app: web.Application, database: Database
) -> None:
    def compared(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))

    assert METADATA.tables
    assert await database.read(compared) == []


def test_migrating_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    url = engine.empty(tmp_path)
    for _ in range(2):
        with ThreadPoolExecutor(1) as aside:
            aside.submit(migrate, url).result()


def test_several_processes_may_start_at_once(engine: Engine, tmp_path: Path) -> None:
    script = f"from server.database import migrate; migrate({engine.empty(tmp_path)!r})"
    starts = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]

    assert [start.wait(60) for start in starts] == [0, 0, 0]
