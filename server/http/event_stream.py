"""Server-Sent Events (WHATWG HTML, 9.2): the headers, the lines, and a word in every silence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

PING_SECONDS = 15.0
_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would collect what should arrive at once
}


class EventStream(web.StreamResponse):
    """An answer that goes on; each event is a name and one line of JSON."""

    def __init__(self) -> None:
        super().__init__(headers=_HEADERS)
        self._told_at = time.monotonic()

    async def tell(self, name: str, data: bytes) -> None:
        self._told_at = time.monotonic()
        await self.write(b"event: " + name.encode() + b"\ndata: " + data + b"\n\n")

    async def ping(self) -> None:
        self._told_at = time.monotonic()
        await self.write(b": still here\n\n")

    async def pass_over(self) -> None:
        """Let an event go by that is not for this reader, who shall not think us dead for it."""
        if time.monotonic() - self._told_at >= PING_SECONDS:
            await self.ping()


async def with_pings(events: AsyncIterator[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    """Fill silences with a ping, so that proxies keep the connection and a dead one is noticed."""
    while True:
        try:
            async with asyncio.timeout(PING_SECONDS):
                event = await anext(events)
        except TimeoutError:
            event = {"type": "ping"}
        except StopAsyncIteration:
            return
        yield event
