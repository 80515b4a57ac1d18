"""A stretch of network that breaks: connections are cut after so many bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass
class Cutting:
    """A relay to a port of this machine."""

    target: int
    cuts: Iterator[int]  # after how many bytes each connection breaks; behind the last, none does
    port: int = 0
    broken: int = 0

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = [next(self.cuts, 1 << 60)]
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        ways = [
            asyncio.create_task(self._pass(reader, back, left)),
            asyncio.create_task(self._pass(there, writer, left)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            self.broken += left[0] <= 0
            for end in (back, writer):
                end.transport.abort()
                with suppress(ConnectionError):
                    await end.wait_closed()

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, left: list[int]
    ) -> None:
        with suppress(ConnectionError):
            while left[0] > 0 and (chunk := await source.read(16_384)):
                left[0] -= len(chunk)
                target.write(chunk)
                await target.drain()


@asynccontextmanager
async def cutting(target: int, *cuts: int) -> AsyncIterator[Cutting]:
    """Relay to `target`; the first connections break after so many bytes, both ways together."""
    relay = Cutting(target, iter(cuts))
    server = await asyncio.start_server(relay._relay, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        await server.wait_closed()
