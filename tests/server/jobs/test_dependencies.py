"""Jobs that need others, and owners who have enough running."""

import asyncio
from typing import Any

import pytest

from server.events import BUS
from server.jobs import NewJob, enqueue, purge
from server.jobs.dependencies import NeededJobFailed
from server.jobs.leases import Leases
from server.jobs.model import Claimant, Lease
from tests.server.tracks.studio import Person, Studio, Worker

POOL = "errands"


@pytest.fixture
def worker(studio: Studio) -> Worker:
    return studio.worker()


async def add(studio: Studio, *needs: str, **given: Any) -> str:
    new: dict[str, Any] = {"kind": "errand", "pool": POOL, "payload": {}, "needs": needs}
    return await studio.database.write(enqueue, NewJob(**new | given))


async def state_of(studio: Studio, job: str) -> tuple[str, str | None]:
    (row,) = await studio.sql("SELECT state, error_code FROM jobs WHERE id = :id", id=job)
    return row.state, row.error_code


async def claimed(worker: Worker) -> str | None:
    job = await worker.claim(POOL)
    return None if job is None else str(job["id"])


async def test_a_job_begins_when_all_it_needs_is_done(studio: Studio, worker: Worker) -> None:
    first, second = await add(studio), await add(studio)
    both = await add(studio, first, second)

    assert await claimed(worker) == first
    await worker.finish()
    assert await claimed(worker) == second
    assert await claimed(studio.worker("other")) is None
    await worker.finish()

    assert await claimed(worker) == both


async def test_what_is_needed_and_done_is_not_waited_for(studio: Studio, worker: Worker) -> None:
    done = await add(studio)
    await claimed(worker)
    await worker.finish()

    after = await add(studio, done)

    assert await claimed(worker) == after


async def test_a_lost_attempt_blocks_on_and_fails_nobody(studio: Studio, worker: Worker) -> None:
    first = await add(studio)
    after = await add(studio, first)
    await claimed(worker)

    await worker.tell("fail", code="crashed", message="It broke off.", retryable=True)

    assert (await state_of(studio, after)) == ("pending", None)
    assert await claimed(worker) is None


async def test_what_fails_takes_with_it_all_that_needs_it(studio: Studio, worker: Worker) -> None:
    first = await add(studio)
    second = await add(studio, first)
    third, beside = await add(studio, second), await add(studio)
    await claimed(worker)

    await worker.tell("fail", code="no_sound", message="There is no sound.", retryable=False)

    assert await state_of(studio, first) == ("failed", "no_sound")
    assert await state_of(studio, second) == ("failed", "needed_job_failed")
    assert await state_of(studio, third) == ("failed", "needed_job_failed")
    assert await claimed(worker) == beside
    with pytest.raises(NeededJobFailed):
        await add(studio, second)


async def test_a_cancelled_job_takes_them_with_it_too(
    studio: Studio, marin: Person, worker: Worker
) -> None:
    first = await add(studio, owner_id=marin.user_id)
    after = await add(studio, first)

    await marin.request("POST", f"/api/v1/jobs/{first}/cancel")

    assert await state_of(studio, after) == ("failed", "needed_job_failed")


async def test_what_is_tried_again_waits_for_what_it_needs_again(
    studio: Studio, marin: Person, worker: Worker
) -> None:
    first = await add(studio, owner_id=marin.user_id)
    after = await add(studio, first, owner_id=marin.user_id)
    await marin.request("POST", f"/api/v1/jobs/{first}/cancel")

    await marin.request("POST", f"/api/v1/jobs/{after}/retry")
    assert await claimed(worker) is None
    await marin.request("POST", f"/api/v1/jobs/{first}/retry")

    assert await claimed(worker) == first
    await worker.finish()
    assert await claimed(worker) == after


async def test_what_somebody_still_needs_is_not_forgotten(studio: Studio, worker: Worker) -> None:
    first = await add(studio)
    await add(studio, first)
    await claimed(worker)
    await worker.finish()
    await studio.sql("UPDATE jobs SET finished_at = 1 WHERE id = :id", id=first)

    assert await studio.database.write(purge, kept_ms=60_000) == 0
    await claimed(worker)
    await worker.finish()
    assert await studio.database.write(purge, kept_ms=60_000) == 1


async def running(studio: Studio, count: int) -> tuple[Leases, list[Lease]]:
    leases = Leases(studio.database, studio.app[BUS], {})
    for _ in range(count):
        await add(studio)
    claimant = Claimant(worker_id="w", pools=[POOL])
    jobs = [await leases.claim(claimant, 0) for _ in range(count)]
    return leases, [Lease(job.id, job.token) for job in jobs if job]


async def waiting(studio: Studio) -> set[int]:
    rows = await studio.sql("SELECT blockers FROM jobs WHERE state = 'pending'")
    return {row.blockers for row in rows}


async def test_what_comes_while_the_job_it_needs_ends_does_not_wait_for_ever(
    studio: Studio,
) -> None:
    leases, needed = await running(studio, 16)

    async with asyncio.TaskGroup() as group:
        for each in needed:
            group.create_task(add(studio, each.job_id))
            group.create_task(leases.finish(each, {}))

    assert await waiting(studio) == {0}


async def test_what_is_tried_again_while_the_job_it_needs_ends_does_not_wait_for_ever(
    studio: Studio,
) -> None:
    leases, needed = await running(studio, 16)
    after = [await add(studio, each.job_id) for each in needed]
    for job in after:
        await leases.cancel(job)

    async with asyncio.TaskGroup() as group:
        for job, each in zip(after, needed, strict=True):
            group.create_task(leases.retry(job))
            group.create_task(leases.finish(each, {}))

    assert await waiting(studio) == {0}


async def test_an_owner_has_no_more_running_than_allowed_and_others_go_on(
    studio: Studio, marin: Person, ines: Person
) -> None:
    hers = [await add(studio, owner_id=ines.user_id) for _ in range(3)]
    his = await add(studio, owner_id=marin.user_id)
    nobodys = await add(studio)
    leases = Leases(studio.database, studio.app[BUS], {}, most=2)
    claimant = Claimant(worker_id="w", pools=[POOL])

    leased = [await leases.claim(claimant, 0) for _ in range(5)]

    assert [job.id if job else None for job in leased] == [*hers[:2], his, nobodys, None]


async def test_each_pool_counts_for_itself(studio: Studio, ines: Person) -> None:
    here = await add(studio, owner_id=ines.user_id)
    there = await add(studio, owner_id=ines.user_id, pool="elsewhere")
    leases = Leases(studio.database, studio.app[BUS], {}, most=1)
    claimant = Claimant(worker_id="w", pools=[POOL, "elsewhere"])

    leased = [await leases.claim(claimant, 0) for _ in range(2)]

    assert [job.id for job in leased if job] == [here, there]


async def test_parts_are_listed_by_their_whole_and_cancelled_with_it(
    studio: Studio, marin: Person, worker: Worker
) -> None:
    whole = await add(studio, owner_id=marin.user_id)
    assert await claimed(worker) == whole
    parts = [await add(studio, owner_id=marin.user_id, parent_id=whole) for _ in range(2)]
    grain = await add(studio, owner_id=marin.user_id, parent_id=parts[0])
    beside = await add(studio, owner_id=marin.user_id)
    listed = await marin.get(f"/api/v1/jobs?kind=any&parent={whole}")

    await marin.request("POST", f"/api/v1/jobs/{whole}/cancel")

    found = (await listed.json())["items"]
    assert [(job["id"], job["parent_id"]) for job in found] == [(p, whole) for p in parts[::-1]]
    assert [(await state_of(studio, job))[0] for job in (*parts, grain)] == ["cancelled"] * 3
    assert await (await worker.tell("beat")).json() == {"cancel": True}
    assert (await state_of(studio, beside))[0] == "pending"
