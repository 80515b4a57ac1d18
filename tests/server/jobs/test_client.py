"""The worker's own client and loop, against the real routes over a socket."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from jobs.client import LeaseClient
from jobs.messages import LeaseLost
from jobs.worker import JobFailed, Lease, Worker
from server.http.worker import embedded_worker_token
from server.jobs import NewJob, enqueue
from server.settings import SETTINGS
from tests.server.tracks.studio import Studio


@pytest.fixture
async def lease_client(studio: Studio) -> AsyncIterator[LeaseClient]:
    token = embedded_worker_token(studio.app[SETTINGS].secret_key)
    async with LeaseClient(str(studio.client.make_url("/")), token) as client:
        yield client


async def add(studio: Studio) -> str:
    errand = NewJob(kind="errand", pool="errands", payload={"n": 7})
    return await studio.database.write(enqueue, errand)


async def ended(studio: Studio) -> bool:
    statement = "SELECT 1 FROM jobs WHERE attempt = 1 AND state <> 'processing'"
    return bool(await studio.sql(statement))


async def outcome(studio: Studio) -> tuple[str, str | None]:
    (row,) = await studio.sql("SELECT state, error_code FROM jobs")
    return row.state, row.error_code


async def test_the_client_speaks_as_the_server_understands(
    studio: Studio, lease_client: LeaseClient
) -> None:
    await add(studio)

    job = await lease_client.claim(["errands"], "w", wait_seconds=0)

    assert job is not None
    assert (job.kind, job.attempt, dict(job.payload)) == ("errand", 1, {"n": 7})
    assert await lease_client.beat(job, 0.5, "half way") is False
    await lease_client.report(job, [{"type": "whatever"}])
    await lease_client.finish(job, {"well": "done"})
    with pytest.raises(LeaseLost):
        await lease_client.beat(job)
    assert await lease_client.claim(["errands"], "w", wait_seconds=0) is None


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (None, ("succeeded", None)),
        (JobFailed("no_sound", "There is no sound.", retryable=False), ("failed", "no_sound")),
        (JobFailed("no_space", "The disk is full.", retryable=True), ("pending", "no_space")),
    ],
)
async def test_the_workers_loop_ends_jobs_as_their_work_ends(
    error: JobFailed | None,
    wanted: tuple[str, str | None],
    studio: Studio,
    lease_client: LeaseClient,
) -> None:
    await add(studio)

    async def work(lease: Lease) -> Mapping[str, Any]:
        if error:
            raise error
        return {}

    worker = Worker(lease_client, "w", ["errands"], {"errand": work})
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        while not await ended(studio):  # noqa: ASYNC110 - told over HTTP to the database
            await asyncio.sleep(0.01)
        worker.stop()

    assert await outcome(studio) == wanted
