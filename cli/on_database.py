"""Commands that work on the database itself, beside a running server or without one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import typer

from cli import refusals

if TYPE_CHECKING:
    from server.database import Database
    from server.settings import Settings

T = TypeVar("T")

DataFolder: TypeAlias = Annotated[
    Path | None, typer.Option("--data", help="The data folder; ./data when not given.")
]


def on_database(data: Path | None, work: Callable[[Database], Awaitable[T]]) -> T:
    """Run `work` on the database of the settings; what it refuses is said on one line."""
    from server.database import migrate
    from server.settings import load

    with refusals.said():
        settings = load(data_dir=data)
        migrate(settings.database_url)
        return asyncio.run(_opened(settings, work))


async def _opened(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    from server.database import open_database

    database = open_database(settings.database_url)
    try:
        return await work(database)
    finally:
        await database.close()
