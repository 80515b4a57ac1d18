"""Servers that share a PostgreSQL database and the store, and nothing else: as on two machines."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from server import links
from server.app import create_app
from server.database import open_database
from server.ids import new_id
from server.media import open_storage
from server.settings import Settings
from tests.redis import RedisServer, redis_server
from tests.server.tracks.conftest import Furnished, database_url, furnished
from tests.server.tracks.studio import Studio

__all__ = ["database_url", "furnished"]


@dataclass
class Machines:
    """Starts servers, and ends them with the test."""

    settings: Settings
    known: dict[str, tuple[str, str]]
    client: AiohttpClient
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, *, family: str | None = None, **changes: Any) -> Studio:
        settings = self.settings.model_copy(update=changes)
        database = open_database(settings.database_url)
        self.stack.push_async_callback(database.close)
        app = create_app(settings, database, open_storage(settings.storage_url))
        await self.stack.enter_async_context(links.joined(app, family=family or new_id()))
        client = await self.client(app)
        self.stack.push_async_callback(client.close)
        return Studio(client, database, dict(self.known))


@pytest.fixture
async def machines(
    settings: Settings, furnished: Furnished, aiohttp_client: AiohttpClient
) -> AsyncIterator[Machines]:
    made = Machines(settings, furnished.known, aiohttp_client)
    async with made.stack:
        yield made


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


async def services(studio: Studio) -> dict[str, str]:
    report = await (await studio.client.get("/health")).json()
    return dict(report["services"])


async def until(happened: Callable[[], Awaitable[object]]) -> None:
    """Wait until it is true."""
    async with asyncio.timeout(20):
        while True:
            if await happened():
                return
            await asyncio.sleep(0.02)


async def until_service(studio: Studio, name: str, state: str) -> None:
    """Wait until /health says so."""

    async def says_so() -> bool:
        return (await services(studio)).get(name) == state

    await until(says_so)
