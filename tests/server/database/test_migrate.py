"""The steps lead to the tables that the slices declare, from any number of processes at once."""

import subprocess
import sys
from pathlib import Path

from aiohttp import web
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from server.database import METADATA, migrate


def test_the_migrated_schema_is_what_the_slices_declare(
    app: web.Application, migrated: Path
) -> None:
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, METADATA)
    engine.dispose()

    assert METADATA.tables
    assert difference == []


def test_migrating_twice_changes_nothing(migrated: Path, tmp_path: Path) -> None:
    path = tmp_path / "again.db"
    path.write_bytes(migrated.read_bytes())
    migrate(f"sqlite:///{path}")
    migrate(f"sqlite:///{path}")


def test_several_processes_may_start_at_once(tmp_path: Path) -> None:
    script = f"from server.database import migrate; migrate('sqlite:///{tmp_path}/new.db')"
    starts = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]

    assert [start.wait(60) for start in starts] == [0, 0, 0]
