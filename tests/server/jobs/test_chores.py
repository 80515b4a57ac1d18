"""The server's own jobs: done by a process that has the database, under leases like all others."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jobs.messages import PROTOCOL
from server.database import Database
from server.http.worker import OWN_POOL
from server.jobs import NewJob, chores, enqueue, history
from server.settings import Settings
from tests.server.tracks.studio import Person, Studio

ROOT = Path(__file__).parents[3]
# The real process; `stay` takes for ever, but for its second attempt.
CHORES = """
import asyncio
from server import chores_child
from server.jobs.chores import CHORES
from server.settings import load

async def stay(database, lease):
    if lease.job.attempt == 1:
        await asyncio.Event().wait()
    return {"stayed": True}

asyncio.run(chores_child.work(load(), {**CHORES, "stay": stay}))
"""


@asynccontextmanager
async def doing_chores(settings: Settings) -> AsyncIterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHORES], cwd=ROOT, env=settings.environment() | {"PATH": ""}
    )
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


async def add(database: Database, kind: str) -> str:
    return await database.write(enqueue, NewJob(kind=kind, pool=OWN_POOL, payload={}))


async def until(studio: Studio, job: str, holds: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until the job is as wanted; rests after a loss are over at once."""
    async with asyncio.timeout(30):
        while True:
            await studio.sql("UPDATE jobs SET run_at = 0")
            ((state, attempt, result),) = await studio.sql(
                "SELECT state, attempt, result FROM jobs WHERE id = :id", id=job
            )
            if holds({"state": state, "attempt": attempt, "result": result}):
                return
            await asyncio.sleep(0.05)


async def told(studio: Studio, job: str) -> list[tuple[str, int | None]]:
    events = await studio.database.read(history.of_job, job)
    return [(event.type, event.attempt) for event in events]


async def test_what_is_old_is_forgotten_by_a_job_that_has_a_history(
    studio: Studio, settings: Settings, marin: Person
) -> None:
    old = await studio.database.write(
        enqueue, NewJob(kind="errand", pool="errands", payload={}, owner_id=marin.user_id)
    )
    spent = await add(studio.database, "forget")
    kept = await studio.database.write(enqueue, NewJob(kind="errand", pool="errands", payload={}))
    for job, days in ((old, 31), (spent, 2), (kept, 2)):
        await studio.sql(
            "UPDATE jobs SET state = 'succeeded', finished_at = created_at - :age WHERE id = :id",
            id=job,
            age=days * 86_400_000,
        )
    job = await add(studio.database, "forget")

    async with doing_chores(settings):
        await until(studio, job, lambda it: it["state"] == "succeeded")

    left = {row[0] for row in await studio.sql("SELECT id FROM jobs")}
    assert left == {kept, job}
    assert await told(studio, job) == [("added", None), ("begun", 1), ("succeeded", 1)]


async def test_a_chore_that_was_killed_in_the_middle_runs_again(
    studio: Studio, settings: Settings
) -> None:
    job = await add(studio.database, "stay")
    async with doing_chores(settings) as process:
        await until(studio, job, lambda it: it["state"] == "processing")
        process.send_signal(signal.SIGKILL)

    async with doing_chores(settings):
        await until(studio, job, lambda it: it["state"] == "succeeded")

    happened = await told(studio, job)
    assert happened == [
        ("added", None),
        ("begun", 1),
        ("lost", 1),
        ("begun", 2),
        ("succeeded", 2),
    ]


async def test_a_chore_that_is_asked_to_stop_is_handed_back(
    studio: Studio, settings: Settings
) -> None:
    job = await add(studio.database, "stay")
    async with doing_chores(settings) as process:
        await until(studio, job, lambda it: it["state"] == "processing")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 20) == 0

    assert await told(studio, job) == [("added", None), ("begun", 1), ("released", 1)]


async def test_many_servers_make_one_chore_an_hour(studio: Studio) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(studio.database.write(chores.enqueue_hourly, 7))
    first = await studio.sql("SELECT kind, pool FROM jobs")
    await studio.database.write(chores.enqueue_hourly, 8)

    assert [tuple(row) for row in first] == [("forget", "server")]
    assert len(await studio.sql("SELECT 1 FROM jobs")) == 2


async def test_nobody_has_the_servers_own_jobs_over_http(studio: Studio) -> None:
    job = await add(studio.database, "forget")
    worker = studio.worker()

    for pools in (["server"], ["cpu", "server"]):
        response = await worker.say(
            "jobs/claim", pools=pools, worker_id="worker-1", protocol=PROTOCOL
        )
        assert response.status == 403
        assert "for the pool server" in (await response.json())["detail"]

    assert await told(studio, job) == [("added", None)]
