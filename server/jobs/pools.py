"""How the pools are: what waits and runs there, and who works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from server.database import now_ms
from server.jobs import presence
from server.jobs.table import JOBS, PENDING, PROCESSING
from server.metrics import JOBS as JOBS_GAUGE
from server.metrics import JOBS_OLDEST_PENDING, WORKERS_ALIVE


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool in which something waits or runs, or somebody is there to work."""

    name: str
    pending: int = 0
    processing: int = 0
    oldest_pending_seconds: float = 0.0  # for how long the next job has been due
    workers_alive: int = 0


def count(connection: Connection) -> list[Pool]:
    """Return the pools by name; jobs that have ended are not looked at."""
    working = Counter(pool for worker in presence.alive(connection) for pool in set(worker.pools))
    due = case((PENDING & (JOBS.c.blockers == 0), now_ms() - JOBS.c.run_at), else_=0)
    rows = connection.execute(
        select(
            JOBS.c.pool,
            func.count(case((PENDING, 1))),
            func.count(case((PROCESSING, 1))),
            func.max(due),
        )
        .where(PENDING | PROCESSING)
        .group_by(JOBS.c.pool)
    )
    busy = [
        Pool(name, pending, processing, max(0, oldest_ms) / 1000, working.pop(name, 0))
        for name, pending, processing, oldest_ms in rows
    ]
    quiet = [Pool(name, workers_alive=alive) for name, alive in working.items()]
    return sorted([*busy, *quiet], key=lambda pool: pool.name)


class Gauges:
    """The pools as metrics."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def show(self, counted: Sequence[Pool]) -> None:
        """Set the gauges; a pool that has nothing and nobody left is told as zero."""
        found = {pool.name: pool for pool in counted}
        self._known |= found.keys()
        for name in self._known:
            pool = found.get(name, Pool(name))
            JOBS_GAUGE.labels("pending", name).set(pool.pending)
            JOBS_GAUGE.labels("processing", name).set(pool.processing)
            JOBS_OLDEST_PENDING.labels(name).set(pool.oldest_pending_seconds)
            WORKERS_ALIVE.labels(name).set(pool.workers_alive)
