"""What the server does for itself, as jobs of its own pool: bounded, and harmless to do twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection

from jobs.worker import Lease
from server.database import Database
from server.http.worker import OWN_POOL
from server.jobs import presence, store
from server.jobs.model import NewJob

DAY_MS = 86_400_000
KEPT_MS = 30 * DAY_MS  # jobs, after their end
CHORES_KEPT_MS = DAY_MS  # they come by the hour, and would pile up

Chore: TypeAlias = Callable[[Database, Lease], Awaitable[Mapping[str, Any]]]


async def forget(database: Database, lease: Lease) -> Mapping[str, Any]:
    """Forget jobs that ended long ago, and workers that have gone."""
    count = 0
    for pool, kept_ms in ((None, KEPT_MS), (OWN_POOL, CHORES_KEPT_MS)):
        while some := await database.write(store.purge, kept_ms=kept_ms, pool=pool):
            count += some
            lease.sign()
    return {"jobs": count, "workers": await database.write(presence.forget)}


CHORES: Mapping[str, Chore] = {"forget": forget}


def enqueue_hourly(connection: Connection, hour: int) -> None:
    """Have the chores of an hour done: once, however many servers ask for it."""
    for kind in CHORES:
        new = NewJob(kind=kind, pool=OWN_POOL, payload={}, idempotency_key=f"hour {hour}")
        store.enqueue(connection, new)
