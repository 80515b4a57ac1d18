"""A real application on a migrated SQLite file and a local store, one for each test."""

import shutil
from collections.abc import AsyncIterator
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


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema is made once; tests take copies of the file."""
    path = tmp_path_factory.mktemp("schema") / "houle.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(
        {"HOULE_SECRET_KEY": SECRET, "HOULE_DISK_FLOOR": "0"},
        env_file=None,
        data_dir=tmp_path / "data",
    )


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
