"""A real application on a migrated SQLite file and a local store, one for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from server.app import create_app
from server.database import Database, migrate
from server.media import open_storage
from server.settings import Settings, load

SECRET = "0123456789abcdef0123456789abcdef"


def settings_in(folder: Path) -> Settings:
    given = {"HOULE_SECRET_KEY": SECRET, "HOULE_DISK_FLOOR": "0"}
    return load(given, env_file=None, data_dir=folder)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema, and what a first start makes, are made once; tests take copies of the file."""
    settings = settings_in(tmp_path_factory.mktemp("schema"))
    migrate(settings.database_url)
    with ThreadPoolExecutor(1) as aside:  # this thread's event loop is pytest's
        aside.submit(asyncio.run, start_once(settings)).result()
    return settings.data_dir / "houle.db"


async def start_once(settings: Settings) -> None:
    database = Database(settings.database_url)
    runner = web.AppRunner(create_app(settings, database, open_storage(settings.storage_url)))
    await runner.setup()
    await runner.cleanup()
    await database.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "data")


@pytest.fixture
async def database(settings: Settings, migrated: Path) -> AsyncIterator[Database]:
    settings.data_dir.mkdir()
    shutil.copy(migrated, settings.data_dir / "houle.db")
    opened = Database(settings.database_url)
    yield opened
    await opened.close()


@pytest.fixture
def app(settings: Settings, database: Database) -> web.Application:
    return create_app(settings, database, open_storage(settings.storage_url))


@pytest.fixture
async def client(
    aiohttp_client: AiohttpClient, app: web.Application
) -> TestClient[web.Request, web.Application]:
    return await aiohttp_client(app)
