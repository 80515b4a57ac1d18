"""One studio for each test, furnished once: keys, two people and their tokens are copied."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from server.app import create_app
from server.database import Database
from server.media import open_storage
from server.settings import Settings, load
from tests.server.conftest import SECRET
from tests.server.tracks.studio import Client, Person, Studio, make_user


@dataclass(frozen=True)
class Furnished:
    """A database to copy, and who is in it."""

    path: Path
    known: dict[str, tuple[str, str]]


@pytest.fixture(scope="session")
def furnished(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copy(migrated, folder / "houle.db")
    environ = {"HOULE_SECRET_KEY": SECRET, "HOULE_DISK_FLOOR": "0"}
    known = asyncio.run(_furnish(load(environ, env_file=None, data_dir=folder)))
    return Furnished(folder / "houle.db", known)


async def _furnish(settings: Settings) -> dict[str, tuple[str, str]]:
    """Start once, which makes the signing key, and let people in."""
    database = Database(settings.database_url)
    runner = web.AppRunner(create_app(settings, database, open_storage(settings.storage_url)))
    await runner.setup()
    known = {name: await make_user(database, name) for name in ("Marin", "Ines")}
    await runner.cleanup()
    await database.close()
    return known


@pytest.fixture
async def database(settings: Settings, furnished: Furnished) -> AsyncIterator[Database]:
    settings.data_dir.mkdir()
    shutil.copy(furnished.path, settings.data_dir / "houle.db")
    opened = Database(settings.database_url)
    yield opened
    await opened.close()


@pytest.fixture
def studio(client: Client, database: Database, furnished: Furnished) -> Studio:
    return Studio(client, database, dict(furnished.known))


@pytest.fixture
async def marin(studio: Studio) -> Person:
    return await studio.person("Marin")


@pytest.fixture
async def ines(studio: Studio) -> Person:
    return await studio.person("Ines")
