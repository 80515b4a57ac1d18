"""A queue on a Unix socket, and a client that knows its token."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobs.client import LeaseClient
from tests.jobs.queue_server import TOKEN, QueueServer


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    return tmp_path / "serve.sock"


@pytest.fixture
async def queue(socket: Path) -> AsyncIterator[QueueServer]:
    server = QueueServer()
    await server.start(socket)
    yield server
    await server.stop()


@pytest.fixture
async def client(socket: Path) -> AsyncIterator[LeaseClient]:
    async with LeaseClient(socket, TOKEN) as client:
        yield client
