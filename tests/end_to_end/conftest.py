"""One server for all tests that leave it as they found it, and its admin."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.houle import Person, Server, access_token


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("houle")) as server:
        yield server


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


@pytest.fixture(scope="session")
def token(server: Server) -> str:
    return access_token(server)


@pytest.fixture
async def admin(server: Server, token: str) -> AsyncIterator[Person]:
    http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
    yield Person(http, server.url)
    await http.close()
