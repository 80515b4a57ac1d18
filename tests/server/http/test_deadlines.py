"""Bodies and headers may not trickle for ever."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from server.http.connection import Doorkeeper, Listener
from server.http.deadlines import PACE, Pace
from server.listening import bind

Client = TestClient[web.Request, web.Application]
Port = int


@pytest.fixture
def app(app: web.Application) -> web.Application:
    app[PACE] = Pace(idle_seconds=0.2, window_seconds=0.4, least_rate=10_000, ticks=8)
    return app


@pytest.fixture
async def port(app: web.Application) -> AsyncIterator[Port]:
    """The application behind our own connections, two for each address, short header deadline."""
    runner = web.AppRunner(app)
    await runner.setup()
    bound = bind("127.0.0.1", 0)
    server = await Listener(runner, header_seconds=0.2, door=Doorkeeper(most=2)).listen(bound)
    yield bound.getsockname()[1]
    server.close()
    await runner.cleanup()


async def answer(port: Port, *pieces: bytes, pause: float = 0.05) -> bytes:
    """Send the pieces one by one, and return all that came back before the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = bytearray()

    async def receive() -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65_536):
                received.extend(piece)

    async with asyncio.timeout(4), asyncio.TaskGroup() as group:
        group.create_task(receive())
        for piece in pieces:
            if not writer.is_closing():
                writer.write(piece)
            await asyncio.sleep(pause)
    writer.close()
    return bytes(received)


UPLOAD = b"PUT /api/v1/songs/1/sound HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"


async def test_a_body_that_stops_ends_with_408(port: Port) -> None:
    received = await answer(port, UPLOAD, b"some bytes")

    assert received.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in received


async def test_a_body_that_drips_ends_with_408(port: Port) -> None:
    received = await answer(port, UPLOAD, *[b"x"] * 16)

    assert received.startswith(b"HTTP/1.1 408 ")


async def test_a_body_at_a_fair_pace_arrives(client: Client) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield bytes(2000)
            await asyncio.sleep(0.03)

    response = await client.put("/api/v1/songs/1/sound", data=body())

    assert await response.text() == "40000"


async def test_a_header_that_drips_is_closed(port: Port) -> None:
    received = await answer(port, b"GET /livez HTTP/1.1\r\n", *[b"X"] * 8)

    assert received.startswith(b"HTTP/1.1 408 ")


async def test_a_connection_without_a_word_is_not_the_header_deadlines_business(port: Port) -> None:
    received = await answer(
        port,
        b"",
        b"",
        b"",
        b"",
        b"",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )

    assert received.startswith(b"HTTP/1.1 200 ")


async def test_what_is_no_http_gets_a_problem(port: Port) -> None:
    received = await answer(port, b"\x16\x03\x01 hello\r\n\r\n")

    assert b" 400 " in received.partition(b"\r\n")[0]
    assert b"urn:houle:problem:malformed-request" in received


async def test_one_connection_too_many_is_turned_away(port: Port) -> None:
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    received = await answer(port)
    for _reader, writer in idle:
        writer.close()
        await writer.wait_closed()
    await asyncio.sleep(0.05)
    later = await answer(port, b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert received.startswith(b"HTTP/1.1 503 ")
    assert later.startswith(b"HTTP/1.1 200 ")


def test_an_address_has_its_share_and_proxies_are_exempt() -> None:
    door = Doorkeeper(most=100, per_address=2)

    assert [door.enter("203.0.113.9") for _ in range(3)] == [True, True, False]
    assert all(door.enter("127.0.0.1") for _ in range(10))
    door.leave("203.0.113.9")
    door.leave("203.0.113.9")
    assert door.enter("203.0.113.9")
