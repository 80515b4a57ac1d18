"""Takes back leases that lapsed: in every HTTP child, since any of them may do it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import structlog
from aiohttp import web

from server.jobs.leases import LEASES

INTERVAL = 2.0  # seconds

log = structlog.get_logger()


async def running(app: web.Application) -> AsyncIterator[None]:
    """Reap beside the requests."""
    task = asyncio.create_task(_reap(app), name="job-reaper")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _reap(app: web.Application) -> None:
    while True:
        try:
            await app[LEASES].reap()
        except Exception:
            log.exception("reaping failed")
        await asyncio.sleep(INTERVAL)
