"""The last seconds of a process: what it has in hand is finished, nothing new is kept open.

aiohttp's own shutdown drops the rest of a body that is still arriving, so uploads in hand must be
over before it begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aiohttp import web


class Draining:
    """Whether the drain has begun, and how many requests are in hand."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self._in_hand = 0
        self._none_in_hand = asyncio.Event()
        self._none_in_hand.set()

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """Count a request while it is handled."""
        self._in_hand += 1
        self._none_in_hand.clear()
        try:
            yield
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._none_in_hand.set()

    async def finished(self, seconds: float) -> bool:
        """Wait until nothing is in hand; False when it took too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._none_in_hand.wait()
        return not self._in_hand


DRAINING = web.AppKey("draining", Draining)


async def close_afterwards(request: web.Request, response: web.StreamResponse) -> None:
    """Let clients of a draining process come back to another one."""
    if request.config_dict[DRAINING].begun.is_set():
        response.force_close()
        response.headers["Connection"] = "close"
