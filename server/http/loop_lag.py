"""How late the event loop is: what a stored segment would wait before anyone looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from server.metrics import LOOP_LAG_SECONDS

INTERVAL = 0.25


async def measured(_app: web.Application) -> AsyncIterator[None]:
    """Measure for as long as the application runs."""
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle

    def fire(due: float) -> None:
        nonlocal timer
        LOOP_LAG_SECONDS.observe(max(0.0, loop.time() - due))
        timer = loop.call_later(INTERVAL, fire, loop.time() + INTERVAL)

    timer = loop.call_later(INTERVAL, fire, loop.time() + INTERVAL)
    yield
    timer.cancel()
