"""The objects of one job over HTTP, by the grant that came with it.

Whatever breaks is gone on with where it broke. The server is asked again for as long as the lease
may live; what came through in between begins that time anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol, TypeAlias
from urllib.parse import quote

import aiohttp
from yarl import URL

from jobs.answers import FIRST_PAUSE, LONGEST_PAUSE, kind_of_problem, require
from jobs.files import READ, block_of, cut, in_thread, opened_finished, write_at
from jobs.messages import ServerAway, ServerFull
from jobs.objects import ObjectGone

AT_ONCE: Final = 8 * 1024**2  # bytes; a longer file is sent in pieces
PIECE: Final = 32 * 1024**2  # between two answers, by which a worker hears that its lease is lost
SENT: Final = 64 * 1024  # bytes; a slow line takes so much within IDLE_SECONDS
IDLE_SECONDS: Final = 10.0  # in which nothing moves: the connection is dead, or the server
OFFSET: Final = "Upload-Offset"

_Body: TypeAlias = Callable[[asyncio.Timeout], AsyncIterator[bytes]]


class GrantedObjects:
    """Reads and writes what the grant in `address` opens.

    Where the job was `begun_before`, much of what it makes may be there: that is asked before it
    is sent.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: str,
        patience: Callable[[], float],
        moving: Callable[[], None],
        *,
        begun_before: bool,
    ) -> None:
        self._session = session
        self._address = address
        self._patience = patience
        self._moving = moving
        self._begun_before = begun_before

    async def input(self, name: str, folder: Path) -> Path:
        """Fetch an object. Raises ObjectGone, LeaseLost, ServerAway, RequestRefused."""
        path = folder / name.replace("/", "_")
        await in_thread(lambda: folder.mkdir(parents=True, exist_ok=True))
        with await in_thread(lambda: path.open("wb")) as file:
            await self._persist(_Download(self._session, self._url(name), self._moving, file))
        return path

    async def output(self, name: str, path: Path) -> None:
        """Send a file and remove it. Raises ServerFull, LeaseLost, ServerAway, RequestRefused."""
        file, size = await in_thread(lambda: opened_finished(path))
        upload = _Upload(
            self._session, self._url(name), self._moving, file, size, self._begun_before
        )
        with file:
            await self._persist(upload)
        await in_thread(lambda: path.unlink(missing_ok=True))

    def _url(self, name: str) -> URL:
        return URL(f"{self._address}/{quote(name)}", encoded=True)

    async def _persist(self, transfer: _Transfer) -> None:
        """Take steps until one was the last; how many bring nothing on is bounded."""
        loop = asyncio.get_running_loop()
        farthest, pause, deadline = 0, FIRST_PAUSE, loop.time() + self._patience()
        while True:
            away = ServerAway(f"{transfer.url.name} does not get on")
            try:
                if await transfer.step():
                    return
            except ServerAway as error:
                away = error
            if transfer.reached > farthest:
                farthest, pause = transfer.reached, FIRST_PAUSE
                deadline = loop.time() + self._patience()
                continue
            if loop.time() + pause >= deadline:
                raise away
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


class _Transfer(Protocol):
    """An object on its way; `reached` is the most that was ever through."""

    url: URL
    reached: int

    async def step(self) -> bool:
        """Get on with it; True: it is whole."""
        ...


@dataclass(slots=True)
class _Download:
    """A file that grows; each step asks for the rest."""

    session: aiohttp.ClientSession
    url: URL
    moving: Callable[[], None]
    file: BinaryIO
    reached: int = 0
    _done: int = 0

    async def step(self) -> bool:
        asked = {"Range": f"bytes={self._done}-"} if self._done else {}
        async with _asking(self.session, "GET", self.url, asked) as (answer, limit):
            if answer.status == 404 and await kind_of_problem(answer) == "object-gone":
                raise ObjectGone(self.url.name)
            range_of_it = answer.headers.get("Content-Range", "")
            if answer.status == 416 and range_of_it == f"bytes */{self._done}":
                return True  # it broke behind the last byte
            await require(answer, 200, 206)
            if answer.status == 200 or not range_of_it.startswith(f"bytes {self._done}-"):
                self._done = 0
            if answer.status == 200 or self._done:
                await self._receive(answer, limit)
                return True
        return False  # not the range that was asked for: from the beginning

    async def _receive(self, answer: aiohttp.ClientResponse, limit: asyncio.Timeout) -> None:
        start = self._done
        await in_thread(lambda: cut(self.file, start))
        async for chunk in answer.content.iter_chunked(READ):
            await in_thread(write_at, self.file, self._done, chunk)
            self._done += len(chunk)
            self.reached = max(self.reached, self._done)
            _moved(limit)
            self.moving()
        await in_thread(self.file.flush)


@dataclass(slots=True)
class _Upload:
    """A file that is sent: small ones at once, long ones in pieces from where the server is."""

    session: aiohttp.ClientSession
    url: URL
    moving: Callable[[], None]
    file: BinaryIO
    size: int
    asks: bool  # what is there, before the first byte is sent
    reached: int = 0
    _there: int | None = None  # what the server has, if that is known

    async def step(self) -> bool:
        if not self.asks and self.size <= AT_ONCE:
            self._there = 0
        self.asks = True
        if self._there is None:
            self._there = await self._asked()
        if self._there is None:
            return True
        start, self._there = self._there, None  # whatever happens now, it has to say it again
        return await self._put(start)

    async def _asked(self) -> int | None:
        """Ask how much is there; None: the whole object, for good."""
        async with _asking(self.session, "HEAD", self.url, {}) as (answer, _):
            if answer.status == 404 and OFFSET in answer.headers:
                return self._offset(answer)
            await require(answer, 200)
        return None

    async def _put(self, start: int) -> bool:
        whole = start == 0 and self.size <= AT_ONCE
        stop = self.size if whole else min(start + PIECE, self.size)
        headers = {"Content-Length": str(max(0, stop - start))}
        if not whole:
            which = f"{start}-{stop - 1}" if start < stop else "*"
            headers["Content-Range"] = f"bytes {which}/{self.size}"
        body: _Body = lambda limit: self._read(start, stop, limit)  # noqa: E731
        async with _asking(self.session, "PUT", self.url, headers, body) as (answer, _):
            if answer.status in {202, 409} and OFFSET in answer.headers:
                self._there = self._offset(answer)
                return False
            if answer.status == 507:
                raise ServerFull(f"no room for {self.url.name}")
            await require(answer, 200, 201)
        return True

    def _offset(self, answer: aiohttp.ClientResponse) -> int:
        offset = int(answer.headers[OFFSET])
        self.reached = max(self.reached, offset)
        return offset

    async def _read(self, start: int, stop: int, limit: asyncio.Timeout) -> AsyncIterator[bytes]:
        while start < stop:
            block = await in_thread(block_of, self.file, start, min(READ, stop - start))
            for at in range(0, len(block), SENT):
                yield block[at : at + SENT]
                _moved(limit)
                self.moving()
            start += len(block)


@asynccontextmanager
async def _asking(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    headers: Mapping[str, str],
    body: _Body | None = None,
) -> AsyncIterator[tuple[aiohttp.ClientResponse, asyncio.Timeout]]:
    """Ask; ServerAway when the connection breaks, or nothing moves for a while."""
    try:
        async with (
            asyncio.timeout(IDLE_SECONDS) as limit,
            session.request(
                method,
                url,
                headers=headers,
                data=None if body is None else body(limit),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=None),
            ) as answer,
        ):
            yield answer, limit
    except (aiohttp.ClientError, ConnectionError, TimeoutError, ValueError) as error:
        raise ServerAway(f"{method} {url.name}: {type(error).__name__} {error}") from error


def _moved(limit: asyncio.Timeout) -> None:
    """Begin the time anew in which something must move."""
    if not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time() + IDLE_SECONDS)
