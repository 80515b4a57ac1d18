"""Bodies may not trickle: no byte for 30 s, or below 16 KiB/s over a minute, ends the request.

Only time in which the client could have sent counts: while we do not read, the fault is ours.
Headers have a deadline of their own, in `connection`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from server.errors import RequestTimedOut
from server.http.connection import Connection


@dataclass(frozen=True, slots=True)
class Pace:
    """The slowest body that is waited for."""

    idle_seconds: float = 30.0
    window_seconds: float = 60.0
    least_rate: int = 16 * 1024  # bytes a second, averaged over the window
    ticks: int = 12  # looks a window

    @property
    def tick(self) -> float:
        return self.window_seconds / self.ticks


PACE = web.AppKey("pace", Pace)


@asynccontextmanager
async def watched(request: web.Request) -> AsyncIterator[None]:
    """Handle `request` while its body arrives at a fair pace; else RequestTimedOut comes out."""
    if request.content.is_eof():  # all there, or none expected: the common case costs nothing
        yield
        return
    limit = asyncio.timeout(None)
    try:
        async with limit:
            watch = _Watch(request, limit, request.config_dict[PACE])
            try:
                yield
            finally:
                watch.stop()
    except TimeoutError:
        if not limit.expired():
            raise
        if isinstance(request.protocol, Connection):
            request.protocol.give_up_body()
        raise RequestTimedOut("The body came too slowly.") from None


class _Watch:
    """Looks at the bytes received, a few times a window."""

    def __init__(self, request: web.Request, limit: asyncio.Timeout, pace: Pace) -> None:
        self._request = request
        self._limit = limit
        self._pace = pace
        self._seen = request.content.total_bytes
        self._idle = 0.0
        self._arrived: deque[int] = deque(maxlen=pace.ticks)
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(pace.tick, self._look)

    def stop(self) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        if self._request.content.is_eof():
            return
        total = self._request.content.total_bytes
        arrived, self._seen = total - self._seen, total
        transport = self._request.transport
        if transport is not None and transport.is_reading():
            self._judge(arrived)
        else:
            self._idle = 0.0
            self._arrived.clear()
        self._timer = self._loop.call_later(self._pace.tick, self._look)

    def _judge(self, arrived: int) -> None:
        self._idle = 0.0 if arrived else self._idle + self._pace.tick
        self._arrived.append(arrived)
        full = len(self._arrived) == self._pace.ticks
        least = self._pace.least_rate * self._pace.window_seconds
        if self._idle >= self._pace.idle_seconds or (full and sum(self._arrived) < least):
            self._limit.reschedule(self._loop.time())
