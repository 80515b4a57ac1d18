"""Servers that trust a proxy at 127.0.0.1, so that people may come from anywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpClient
from sqlalchemy import text

from server.accounts import User, create_user
from server.accounts.passwords import hash_password
from server.accounts.store import set_password_hash
from server.app import create_app
from server.database import Database
from server.http.access import Access
from server.http.principal import Role, principal
from server.http.routes import Binary, Routes
from server.media import open_storage
from server.settings import Settings, load
from tests.server.accounts.people import PASSWORD, Client, Person

Serve: TypeAlias = Callable[..., Awaitable[Client]]


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return made_settings(tmp_path, database_url=database_url)


def made_settings(tmp_path: Path, **variables: str) -> Settings:
    given = {
        "HOULE_SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "HOULE_DISK_FLOOR": "0",
        "HOULE_TRUSTED_PROXIES": "127.0.0.1",
        **{f"HOULE_{name.upper()}": value for name, value in variables.items()},
    }
    return load(given, env_file=None, data_dir=tmp_path / "data")


@pytest.fixture
def serve(
    database: Database, database_url: str, tmp_path: Path, aiohttp_client: AiohttpClient
) -> Serve:
    """Start another server on the same database, with other settings."""

    async def started(**variables: str) -> Client:
        settings = made_settings(tmp_path, database_url=database_url, **variables)
        app = create_app(settings, database, open_storage(settings.storage_url))
        return await aiohttp_client(app)

    return started


@pytest.fixture
def app(settings: Settings, database: Database) -> web.Application:
    """The application, with routes that show whom it took the caller for."""
    app = create_app(settings, database, open_storage(settings.storage_url))
    probes.setup(app)
    return app


@pytest.fixture
def person(client: Client) -> Person:
    return Person(client)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Made once: hashing takes its time on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
async def anna(database: Database, password_hash: str) -> User:
    user = await create_user(database, "Anna", password=None, email="anna@example.org")
    await database.write(set_password_hash, user.id, password_hash)
    return user


@pytest.fixture
def age(database: Database) -> Callable[[str, int], Awaitable[None]]:
    """Let milliseconds pass for a column of times."""

    async def older(column: str, ms: int) -> None:
        table, _, name = column.partition(".")
        statement = text(f"UPDATE {table} SET {name} = {name} - :ms")  # noqa: S608
        await database.write(lambda connection: connection.execute(statement, {"ms": ms}))

    return older


probes = Routes("probes")


def _probe(access: Access) -> None:
    async def show(request: web.Request) -> web.Response:
        who = principal(request)
        return web.json_response({"role": who.role if who else Role.GUEST})

    declare = probes.get(
        f"/probe/{access.value}",
        summary="Say who asks",
        access=access,
        answers={200: Binary("application/json")},
        hidden=True,
    )
    declare(show)


for _access in Access:
    _probe(_access)
