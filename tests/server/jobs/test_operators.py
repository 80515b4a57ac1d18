"""Pools and workers as operators see them, over HTTP and as metrics."""

from typing import Any

import pytest

from server.http.principal import Role
from server.jobs import NewJob, enqueue, pools, presence
from server.jobs.presence import ALIVE_MS, FORGOTTEN_MS
from server.workers import create_token, revoke_token
from tests.server.tracks.studio import Person, Studio, Worker

POOL = "errands"


@pytest.fixture
async def admin(studio: Studio) -> Person:
    return await studio.person("Root", Role.ADMIN)


async def add(studio: Studio, pool: str = POOL) -> str:
    return await studio.database.write(enqueue, NewJob(kind="errand", pool=pool, payload={}))


async def asked_for(person: Person, path: str) -> list[dict[str, Any]]:
    response = await person.get(f"/api/v1/{path}")
    assert response.status == 200, await response.text()
    return list((await response.json())["items"])


async def alive(admin: Person) -> list[tuple[str, str, str | None]]:
    workers = await asked_for(admin, "workers")
    return [(worker["id"], worker["name"], worker["job_id"]) for worker in workers]


async def pass_time(studio: Studio, ms: int) -> None:
    """Let workers not have asked for so long."""
    await studio.sql("UPDATE workers SET seen_at = seen_at - :ms", ms=ms)


async def test_who_asks_for_work_is_alive_for_a_minute(studio: Studio, admin: Person) -> None:
    await studio.worker().claim(POOL)

    (worker,) = await asked_for(admin, "workers")
    assert (worker["id"], worker["name"], worker["pools"]) == ("worker-1", "embedded", [POOL])
    assert worker["job_id"] is None
    await pass_time(studio, ALIVE_MS + 1)
    assert await alive(admin) == []


async def test_who_is_busy_for_long_and_only_beats_is_alive(studio: Studio, admin: Person) -> None:
    job, worker = await add(studio), studio.worker()
    await worker.claim(POOL)
    await pass_time(studio, FORGOTTEN_MS + 1)

    await worker.tell("beat")
    await studio.database.write(presence.forget)
    assert await alive(admin) == [("worker-1", "embedded", job)]

    await studio.sql("UPDATE jobs SET lease_until = lease_until - 15001")
    assert await alive(admin) == []


async def test_a_revoked_token_takes_its_workers_with_it(studio: Studio, admin: Person) -> None:
    token = await studio.database.write(create_token, "box", [POOL])
    worker = Worker(studio.client, {"Authorization": f"Bearer {token}"}, studio.storage, "box-1")
    await add(studio)
    await worker.claim(POOL)
    assert [name for _, name, _ in await alive(admin)] == ["box"]

    await studio.database.write(revoke_token, "box")

    assert await alive(admin) == []


async def test_who_has_not_asked_for_a_day_is_forgotten(studio: Studio) -> None:
    await studio.worker().claim(POOL)
    await studio.database.write(presence.forget)
    assert len(await studio.sql("SELECT 1 FROM workers")) == 1

    await pass_time(studio, FORGOTTEN_MS + 1)
    await studio.database.write(presence.forget)

    assert await studio.sql("SELECT 1 FROM workers") == []


async def test_pools_are_counted(studio: Studio, admin: Person) -> None:
    for _ in range(3):
        await add(studio)
    await add(studio, "gpu")
    await studio.sql("UPDATE jobs SET run_at = run_at - 60000 WHERE pool = 'errands'")
    await studio.worker().claim(POOL)
    await studio.worker("worker-2").claim("idle")

    errands, gpu, idle = await asked_for(admin, "jobs/counts")

    assert 60 <= errands.pop("oldest_pending_seconds") < 120
    assert gpu.pop("oldest_pending_seconds") < 60
    assert errands == {"pool": POOL, "pending": 2, "processing": 1, "workers_alive": 1}
    assert gpu == {"pool": "gpu", "pending": 1, "processing": 0, "workers_alive": 0}
    assert idle == {
        "pool": "idle",
        "pending": 0,
        "processing": 0,
        "oldest_pending_seconds": 0,
        "workers_alive": 1,
    }


async def test_workers_are_a_metric_and_a_pool_without_any_is_told_as_zero(
    studio: Studio,
) -> None:
    await studio.worker().claim(POOL)
    await studio.worker("worker-2").claim(POOL)
    gauges = pools.Gauges()

    gauges.show(await studio.database.read(pools.count))
    before = await (await studio.client.get("/metrics")).text()
    await pass_time(studio, ALIVE_MS + 1)
    gauges.show(await studio.database.read(pools.count))
    after = await (await studio.client.get("/metrics")).text()

    assert 'workers_alive{pool="errands"} 2.0' in before
    assert 'workers_alive{pool="errands"} 0.0' in after


async def test_others_than_admins_do_not_see_how_the_work_goes(
    studio: Studio, marin: Person
) -> None:
    for path in ("workers", "jobs/counts"):
        assert (await marin.get(f"/api/v1/{path}")).status == 403
        assert (await studio.client.get(f"/api/v1/{path}")).status == 401
