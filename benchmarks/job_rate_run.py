"""`python -m benchmarks.job_rate_run URL WORKERS NAME`: claim and finish until nothing is left."""

import asyncio
import json
import sys
import time
from typing import Final

import uvloop
from sqlalchemy import Connection

from server import outbox
from server.database import Database, open_database, row_locking
from server.ids import new_id
from server.jobs import outcomes, store
from server.jobs.model import Claimant, Job, Lease
from server.jobs.news import told

KIND: Final = "errand"
POOL: Final = "errands"
_ORIGIN: Final = new_id()


async def main(url: str, workers: int, name: str) -> None:
    database = open_database(url)
    try:
        await database.point(store.has_claimable, [POOL])
        print("ready", flush=True)
        seconds = float(await asyncio.to_thread(sys.stdin.readline))
        jobs: list[str] = []
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(workers):
                claimant = Claimant(worker_id=f"{name}-{number}", pools=[POOL])
                group.create_task(_work(database, claimant, began + seconds, jobs))
        print(json.dumps({"began": began, "ended": time.monotonic(), "jobs": jobs}))
    finally:
        await database.close()


async def _work(database: Database, claimant: Claimant, until: float, jobs: list[str]) -> None:
    while time.monotonic() < until:
        job = await database.write(_claim, claimant)
        if job is None:
            return
        jobs.append(job.id)
        await database.write(_finish, Lease(job.id, job.token))


@row_locking
def _claim(connection: Connection, claimant: Claimant) -> Job | None:
    """Lease a job as `Leases.claim` does."""
    job = store.claim(connection, claimant)
    if job is not None:
        outbox.record(connection, _ORIGIN, [told(job)])
    return job


@row_locking
def _finish(connection: Connection, lease: Lease) -> None:
    """End a job as `Leases.finish` does."""
    news = outcomes.finish(connection, {}, lease, {"found": "the harbour"})
    outbox.record(connection, _ORIGIN, news)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
