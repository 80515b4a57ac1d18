"""One studio for each test, furnished once: keys, two people and their tokens are copied."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from server.app import create_app
from server.database import Database, open_database
from server.media import open_storage
from server.settings import Settings
from tests.server.conftest import aside, settings_in
from tests.server.engines import Engine
from tests.server.tracks.studio import Client, Person, Studio, make_user


@dataclass(frozen=True)
class Furnished:
    """A database to copy, and who is in it."""

    url: str
    known: dict[str, tuple[str, str]]


@pytest.fixture(scope="session")
def furnished(
    engine: Engine, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    folder = tmp_path_factory.mktemp("furnished")
    with engine.copy(migrated, folder) as url:
        yield Furnished(url, aside(_furnish(settings_in(folder, url))))


async def _furnish(settings: Settings) -> dict[str, tuple[str, str]]:
    """Start once, which makes the signing key, and let people in."""
    database = open_database(settings.database_url)
    runner = web.AppRunner(create_app(settings, database, open_storage(settings.storage_url)))
    await runner.setup()
    known = {name: await make_user(database, name) for name in ("Marin", "Ines")}
    await runner.cleanup()
    await database.close()
    return known


@pytest.fixture
def database_url(engine: Engine, furnished: Furnished, tmp_path: Path) -> Iterator[str]:
    with engine.copy(furnished.url, tmp_path / "data") as url:
        yield url


@pytest.fixture
def studio(client: Client, database: Database, furnished: Furnished) -> Studio:
    return Studio(client, database, dict(furnished.known))


@pytest.fixture
async def marin(studio: Studio) -> Person:
    return await studio.person("Marin")


@pytest.fixture
async def ines(studio: Studio) -> Person:
    return await studio.person("Ines")
