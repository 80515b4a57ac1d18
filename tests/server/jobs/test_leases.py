"""The rules of a lease, by the HTTP API that workers use; time passes by back-dating rows."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpClient
from sqlalchemy import BigInteger, Connection, literal_column, select, text, update

from jobs.messages import PROTOCOL
from server import outbox
from server.database import Database, now_ms
from server.events import BUS, Announcement
from server.jobs import LEASES, NewJob, enqueue
from tests.server.tracks.studio import Studio, Worker

POOL = "errands"


@pytest.fixture
def worker(studio: Studio) -> Worker:
    return studio.worker()


async def add(studio: Studio, **given: Any) -> str:
    new: dict[str, Any] = {"kind": "errand", "pool": POOL, "payload": {"to": "the harbour"}}
    return await studio.database.write(enqueue, NewJob(**new | given))


async def row(studio: Studio) -> dict[str, Any]:
    (only,) = await studio.sql("SELECT * FROM jobs")
    return dict(only._mapping)


async def lapse(studio: Studio) -> None:
    """Let the lease run out, and have it seen."""
    await studio.sql("UPDATE jobs SET lease_until = lease_until - 15001")
    await studio.app[LEASES].reap()


async def clock(studio: Studio) -> int:
    """Return the database's time, in milliseconds."""
    asked = select(now_ms())
    return int(await studio.database.read(lambda connection: connection.scalar(asked) or 0))


async def from_now(studio: Studio, column: str) -> int:
    """Return how far a time of the only job lies ahead, in milliseconds of the database's clock."""
    left = select(literal_column(column, BigInteger) - now_ms()).select_from(text("jobs"))
    return int(await studio.database.read(lambda connection: connection.execute(left).scalar_one()))


async def test_a_claim_leases_the_job_for_fifteen_seconds(studio: Studio, worker: Worker) -> None:
    job_id = await add(studio)
    before = await clock(studio)

    job = await worker.claim(POOL)

    after = await clock(studio)
    assert job is not None
    assert job.pop("grant")
    assert job.pop("lease_seconds") == 15
    assert job == {
        "id": job_id,
        "kind": "errand",
        "pool": POOL,
        "token": 1,
        "attempt": 1,
        "payload": {"to": "the harbour"},
    }
    held = await row(studio)
    assert (held["state"], held["worker_id"]) == ("processing", "worker-1")
    # PostgreSQL looks at its clock for each column
    assert before <= held["started_at"] <= after
    assert before + 15_000 <= held["lease_until"] <= after + 15_000


async def test_a_job_is_leased_once(studio: Studio, worker: Worker) -> None:
    await add(studio)
    await worker.claim(POOL)

    assert await studio.worker("worker-2").claim(POOL) is None


async def test_a_hundred_claims_at_once_share_out_thirty_jobs(studio: Studio) -> None:
    added = {await add(studio) for _ in range(30)}

    async with asyncio.TaskGroup() as group:
        claims = [group.create_task(studio.worker(f"worker-{n}").claim(POOL)) for n in range(100)]

    leased = [job["id"] for claim in claims if (job := claim.result())]
    assert sorted(leased) == sorted(added)


async def test_the_urgent_comes_first_then_the_oldest(studio: Studio, worker: Worker) -> None:
    old, young = await add(studio), await add(studio)
    urgent = await add(studio, priority=5)

    claimed = [(await worker.claim(POOL) or {})["id"] for _ in range(3)]

    assert claimed == [urgent, old, young]


async def test_a_worker_gets_jobs_of_its_pools_only(studio: Studio, worker: Worker) -> None:
    await add(studio, pool="gpu")

    assert await worker.claim(POOL) is None
    assert await worker.claim("gpu") is not None


async def test_a_waiting_worker_hears_of_a_new_job(studio: Studio, worker: Worker) -> None:
    claim = asyncio.create_task(worker.claim(POOL, 20))
    await add(studio)
    studio.app[LEASES].ring()

    async with asyncio.timeout(5):
        assert await claim is not None


async def test_a_bell_that_was_not_heard_costs_a_second(studio: Studio, worker: Worker) -> None:
    claim = asyncio.create_task(worker.claim(POOL, 20))
    await add(studio)  # as another process does: nobody rings here

    async with asyncio.timeout(5):
        assert await claim is not None


async def test_a_server_that_drains_sends_waiting_workers_away(
    studio: Studio, worker: Worker
) -> None:
    claim = asyncio.create_task(worker.claim(POOL, 20))
    await asyncio.sleep(0.05)
    studio.app[BUS].close()

    async with asyncio.timeout(5):
        assert await claim is None


async def test_a_beat_renews_the_lease_and_tells_how_far_it_is(
    studio: Studio, worker: Worker
) -> None:
    await add(studio)
    await worker.claim(POOL)
    await studio.sql("UPDATE jobs SET lease_until = lease_until - 10000")

    response = await worker.tell("beat", progress=0.25, step="walking")

    assert await response.json() == {"cancel": False}
    held = await row(studio)
    assert (held["progress"], held["step"]) == (0.25, "walking")
    left = await from_now(studio, "lease_until")
    assert 13_000 < left <= 16_000


async def test_a_beat_without_progress_keeps_what_was_told(studio: Studio, worker: Worker) -> None:
    await add(studio)
    await worker.claim(POOL)
    await worker.tell("beat", progress=0.5, step="walking")

    await worker.tell("beat", progress=None, step=None)

    held = await row(studio)
    assert (held["progress"], held["step"]) == (0.5, "walking")


async def test_a_lapsed_lease_is_tried_again_after_5_15_and_45_seconds_then_failed(
    studio: Studio, worker: Worker
) -> None:
    await add(studio)
    rests = []
    for attempt in range(1, 5):
        job = await worker.claim(POOL)
        assert job is not None
        assert job["attempt"] == attempt
        await lapse(studio)
        now = await row(studio)
        if now["state"] == "pending":
            assert await worker.claim(POOL) is None
            rest = await from_now(studio, "run_at")
            rests.append(rest / 1000)
            await studio.sql("UPDATE jobs SET run_at = 0")

    now = await row(studio)
    assert rests == [pytest.approx(wanted, abs=1.1) for wanted in (5, 15, 45)]
    assert (now["state"], now["error_code"]) == ("failed", "worker_lost")
    assert now["finished_at"] is not None
    assert now["lease_until"] is None


async def test_a_worker_that_lost_its_lease_is_refused_by_every_verb(
    studio: Studio, worker: Worker
) -> None:
    await add(studio)
    await worker.claim(POOL)
    await lapse(studio)
    await studio.sql("UPDATE jobs SET run_at = 0")
    await studio.worker("worker-2").claim(POOL)
    before = await row(studio)

    for verb, body in (
        ("beat", {}),
        ("report", {"facts": [{"type": "x"}]}),
        ("finish", {"result": {}}),
        ("fail", {"code": "x", "message": "x", "retryable": True}),
        ("release", {}),
    ):
        response = await worker.tell(verb, **body)
        assert response.status == 409, verb
        assert response.content_type == "application/problem+json"

    assert await row(studio) == before


async def test_a_late_beat_keeps_a_job_that_nobody_took_back(
    studio: Studio, worker: Worker
) -> None:
    await add(studio)
    await worker.claim(POOL)
    await studio.sql("UPDATE jobs SET lease_until = lease_until - 15001")

    beat = await worker.tell("beat")  # before the reaper looks

    if beat.status == 200:
        await studio.app[LEASES].reap()
        assert (await row(studio))["state"] == "processing"


async def test_a_finished_job_is_over(studio: Studio, worker: Worker) -> None:
    await add(studio)
    await worker.claim(POOL)

    await worker.finish()

    now = await row(studio)
    assert (now["state"], now["progress"]) == ("succeeded", 1.0)
    assert (await worker.tell("finish", result={})).status == 409
    assert await worker.claim(POOL) is None


async def test_a_failure_that_may_pass_is_tried_again(studio: Studio, worker: Worker) -> None:
    await add(studio)
    await worker.claim(POOL)

    await worker.tell("fail", code="no_space", message="The disk is full.", retryable=True)

    now = await row(studio)
    assert (now["state"], now["attempt"], now["error_code"]) == ("pending", 1, "no_space")
    assert await worker.claim(POOL) is None


async def test_a_failure_for_good_is_final_at_once(studio: Studio, worker: Worker) -> None:
    await add(studio)
    await worker.claim(POOL)

    await worker.tell("fail", code="not_media", message="This is a letter.", retryable=False)

    now = await row(studio)
    assert (now["state"], now["error"]) == ("failed", "This is a letter.")


async def test_a_job_handed_back_has_lost_no_attempt(studio: Studio, worker: Worker) -> None:
    await add(studio)
    for _ in range(6):
        job = await worker.claim(POOL)
        assert job is not None
        assert job["attempt"] == 1
        assert (await worker.tell("release")).status == 204

    assert (await row(studio))["state"] == "pending"


async def test_the_jobs_of_a_dead_worker_go_back_at_once(studio: Studio, worker: Worker) -> None:
    await add(studio)
    await worker.claim(POOL)

    response = await worker.say("workers/worker-1/lost")

    assert await response.json() == {"jobs": 1}
    now = await row(studio)
    assert (now["state"], now["attempt"]) == ("pending", 1)
    assert (await (await worker.say("workers/worker-1/lost")).json()) == {"jobs": 0}


async def test_the_jobs_of_the_living_stay_theirs(studio: Studio, worker: Worker) -> None:
    await add(studio)
    await worker.claim(POOL)

    await worker.say("workers/worker-2/lost")

    assert (await row(studio))["state"] == "processing"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("jobs/claim", {"pools": [], "worker_id": "w"}),
        ("jobs/claim", {"pools": ["cpu"]}),
        ("jobs/claim", {"pools": ["cpu"], "worker_id": "w", "wait_seconds": 31}),
        ("jobs/x/beat", {"token": 1, "progress": 2}),
        ("jobs/x/beat", {"token": 1, "pace": 2}),
        ("jobs/x/fail", {"token": 1}),
    ],
)
async def test_what_makes_no_sense_is_refused(
    path: str, body: dict[str, object], worker: Worker
) -> None:
    assert (await worker.say(path, **body)).status == 422


async def test_only_workers_speak_here(studio: Studio) -> None:
    marin = await studio.person()
    body = {"pools": ["cpu"], "worker_id": "w"}

    for headers in ({}, marin.headers, {"Authorization": "Bearer nonsense"}):
        response = await studio.client.post("/internal/jobs/claim", json=body, headers=headers)
        assert response.status == 401


@pytest.mark.parametrize("spoken", [0, PROTOCOL + 1])
async def test_a_worker_of_another_version_is_told_so(studio: Studio, spoken: int) -> None:
    await add(studio)
    worker = studio.worker()

    response = await worker.say("jobs/claim", pools=[POOL], worker_id="w", protocol=spoken)

    problem = await response.json()
    assert (response.status, problem["type"]) == (400, "urn:houle:problem:protocol-refused")
    assert "Install the same version of Houle on both" in problem["detail"]
    assert (await row(studio))["state"] == "pending"


async def test_what_was_told_long_ago_is_forgotten(
    app: web.Application, database: Database, aiohttp_client: AiohttpClient
) -> None:
    def write(connection: Connection) -> None:
        news = [Announcement("job:1", {"n": number}) for number in range(3)]
        outbox.record(connection, "another", news)
        connection.execute(update(outbox.OUTBOX).values(at=outbox.OUTBOX.c.at - 2 * outbox.KEPT_MS))

    await database.write(write)
    assert await database.point(outbox.has_old)
    await aiohttp_client(app)

    async with asyncio.timeout(10):
        while True:
            if not await database.point(outbox.has_old):
                break
            await asyncio.sleep(0.02)
