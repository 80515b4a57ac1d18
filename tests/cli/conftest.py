"""Commands on a database of their own, run in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from server.database import Database, migrate, open_database

Houle = Callable[..., Result]
T = TypeVar("T")


@pytest.fixture
def houle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Houle:
    """Run `houle GROUP COMMAND …` on the migrated database of the test's folder."""
    monkeypatch.chdir(tmp_path)
    migrate(_url(tmp_path))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])

    return run


def on_database(folder: Path, use: Callable[[Database], Awaitable[T]]) -> T:
    """Do something to the database beside the commands."""

    async def used() -> T:
        database = open_database(_url(folder))
        try:
            return await use(database)
        finally:
            await database.close()

    return asyncio.run(used())


def _url(folder: Path) -> str:
    return f"sqlite:///{folder}/houle.db"
