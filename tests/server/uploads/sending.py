"""Forms written by hand, and what a server has of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp

from server.settings import SETTINGS
from tests.server.tracks.studio import Person, Studio, wav

BOUNDARY = "swell"
MIB = 1024**2
Form: TypeAlias = list[tuple[str, bytes, str | None]]


def form(*parts: tuple[str, bytes, str | None], end: bool = True) -> bytes:
    """A form written by hand, its parts in the given order."""
    body = b""
    for name, content, file_name in parts:
        shown = f'; filename="{file_name}"' if file_name is not None else ""
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{shown}\r\n'.encode()
        body += b"\r\n" + content + b"\r\n"
    return body + (f"--{BOUNDARY}--\r\n".encode() if end else b"")


async def post(
    person: Person, body: Any, content_type: str = f"multipart/form-data; boundary={BOUNDARY}"
) -> aiohttp.ClientResponse:
    headers = {"Content-Type": content_type}
    return await person.request("POST", "/api/v1/tracks", data=body, headers=headers)


def files(studio: Studio) -> list[Path]:
    """Every file of the store, what is on its way included."""
    root = studio.app[SETTINGS].data_dir / "media"
    return [path for path in root.rglob("*") if path.is_file()]


async def nothing_is_left(studio: Studio) -> bool:
    rows = await studio.sql("SELECT id FROM tracks")
    jobs = await studio.sql("SELECT id FROM jobs")
    unclaimed = await studio.sql("SELECT prefix FROM unclaimed")
    return not (rows or jobs or unclaimed or files(studio))


async def announced(studio: Studio, count: int) -> bool:
    """Whether so many uploads have begun."""
    return len(await studio.sql("SELECT * FROM unclaimed")) == count


async def until(state: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what the server does by itself."""
    async with asyncio.timeout(10):
        while not await state():  # noqa: ASYNC110 - nobody tells a client
            await asyncio.sleep(0.01)


Limited: TypeAlias = Callable[..., Awaitable[Studio]]


@contextlib.asynccontextmanager
async def on_its_way(studio: Studio, marin: Person, size: int) -> AsyncIterator[None]:
    """An upload that has begun, and was announced with so many bytes."""
    head = (
        "POST /api/v1/tracks HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: {marin.headers['Authorization']}\r\n"
        f"Content-Length: {size}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    ).encode()
    _, writer = await asyncio.open_connection("127.0.0.1", studio.client.port)
    writer.write(head + form(("file", wav(MIB), "slow.wav"), end=False)[:-2])
    await until(lambda: announced(studio, 1))
    yield
    writer.close()
    await writer.wait_closed()
    await until(lambda: nothing_is_left(studio))
