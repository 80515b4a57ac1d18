"""Takes back leases that lapsed, counts what waits, forgets what ended or was told long ago.

In every HTTP child, since any of them may do it: each step is one idempotent change.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import structlog
from aiohttp import web

from server import outbox
from server.database import DATABASE
from server.jobs import listing, store
from server.jobs.leases import LEASES
from server.jobs.listing import Waiting
from server.jobs.model import JobState
from server.metrics import JOBS, JOBS_OLDEST_PENDING

INTERVAL = 2.0  # seconds
COUNT_EVERY = 8  # intervals
PURGE_EVERY = 1800
KEPT_DAYS = 30  # after their end

log = structlog.get_logger()


async def running(app: web.Application) -> AsyncIterator[None]:
    """Reap beside the requests."""
    task = asyncio.create_task(_reap(app), name="job-reaper")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _reap(app: web.Application) -> None:
    gauges = Gauges()
    for number in itertools.count():
        try:
            await app[LEASES].reap()
            if await app[DATABASE].point(outbox.has_old):
                await app[DATABASE].write(outbox.prune)
            if number % COUNT_EVERY == 0:
                gauges.show(await app[DATABASE].read(listing.waiting))
            if number % PURGE_EVERY == 0:
                await app[DATABASE].write(store.purge, kept_ms=KEPT_DAYS * 86_400_000)
        except Exception:
            log.exception("reaping failed")
        await asyncio.sleep(INTERVAL)


class Gauges:
    """What waits and runs, as metrics."""

    def __init__(self) -> None:
        self._pools: set[str] = set()

    def show(self, counted: Sequence[Waiting]) -> None:
        """Set the gauges; a pool that has nothing left is told as zero."""
        found = {(each.state, each.pool): each for each in counted}
        self._pools |= {each.pool for each in counted}
        for pool in self._pools:
            for state in (JobState.PENDING.value, JobState.PROCESSING.value):
                each = found.get((state, pool))
                JOBS.labels(state, pool).set(each.count if each else 0)
            due = found.get((JobState.PENDING.value, pool))
            JOBS_OLDEST_PENDING.labels(pool).set(max(0, due.oldest_ms) / 1000 if due else 0)
