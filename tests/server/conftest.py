"""A real application on a migrated database and a local store, one for each test.

Tests of what is kept in the database run twice, on SQLite and on PostgreSQL.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from server.app import create_app
from server.database import Database, migrate, open_database
from server.media import open_storage
from server.settings import Settings, load
from tests.postgresql import postgresql_server
from tests.server.engines import Engine, Postgresql, Sqlite

SECRET = "0123456789abcdef0123456789abcdef"


ON_BOTH = {"accounts", "database", "jobs", "tracks", "uploads", "workers"}  # folders of tests
T = TypeVar("T")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the engines here, for all folders: fixtures of a session know of one place only."""
    if "engine" in metafunc.fixturenames:
        both = Path(metafunc.module.__file__ or "").parent.name in ON_BOTH
        chosen = metafunc.definition.get_closest_marker("engines")
        names = chosen.args if chosen else ("sqlite", "postgresql") if both else ("sqlite",)
        metafunc.parametrize("engine", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "sqlite":
        yield Sqlite()
    else:
        with postgresql_server() as server:
            yield Postgresql(server)


def settings_in(folder: Path, database_url: str) -> Settings:
    given = {
        "HOULE_SECRET_KEY": SECRET,
        "HOULE_DISK_FLOOR": "0",
        "HOULE_DATABASE_URL": database_url,
    }
    return load(given, env_file=None, data_dir=folder)


def aside(running: Coroutine[None, None, T]) -> T:
    """Run it on an event loop of its own: this thread's is pytest's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, running).result()


@pytest.fixture(scope="session")
def migrated(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The schema, and what a first start makes, are made once; tests take copies of it."""
    folder = tmp_path_factory.mktemp("schema")
    settings = settings_in(folder, engine.empty(folder))
    migrate(settings.database_url)
    aside(start_once(settings))
    return settings.database_url


async def start_once(settings: Settings) -> None:
    database = open_database(settings.database_url)
    runner = web.AppRunner(create_app(settings, database, open_storage(settings.storage_url)))
    await runner.setup()
    await runner.cleanup()
    await database.close()


@pytest.fixture
def database_url(engine: Engine, migrated: str, tmp_path: Path) -> Iterator[str]:
    with engine.copy(migrated, tmp_path / "data") as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_in(tmp_path / "data", database_url)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = open_database(settings.database_url)
    yield opened
    await opened.close()


@pytest.fixture
def app(settings: Settings, database: Database) -> web.Application:
    return create_app(settings, database, open_storage(settings.storage_url))


@pytest.fixture
async def client(
    app: web.Application,
    aiohttp_client: AiohttpClient,  # last, so that it is closed first: the database outlives it
) -> TestClient[web.Request, web.Application]:
    return await aiohttp_client(app)
