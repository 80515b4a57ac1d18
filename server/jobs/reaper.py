"""Takes back leases that lapsed, counts what waits, has the chores of the hour done.

In every HTTP child, since any of them may do it: each step is one idempotent change.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from server import outbox
from server.beside import beside
from server.database import DATABASE
from server.jobs import chores, pools
from server.jobs.leases import LEASES

INTERVAL = 2.0  # seconds
COUNT_EVERY = 8  # intervals
CHORES_EVERY = 30  # first after a minute: who has just begun has better things to do

log = structlog.get_logger()


async def running(app: web.Application) -> AsyncIterator[None]:
    """Reap beside the requests."""
    async with beside(_reap(app), "job-reaper"):
        yield


async def _reap(app: web.Application) -> None:
    gauges = pools.Gauges()
    for number in itertools.count():
        try:
            await app[LEASES].reap()
            if await app[DATABASE].point(outbox.has_old):
                await app[DATABASE].write(outbox.prune)
            if number % COUNT_EVERY == 0:
                gauges.show(await app[DATABASE].read(pools.count))
            if number % CHORES_EVERY == CHORES_EVERY - 1:
                await app[DATABASE].write(chores.enqueue_hourly, int(time.time() // 3600))
        except Exception:
            log.exception("reaping failed")
        await asyncio.sleep(INTERVAL)
