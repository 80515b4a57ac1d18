"""Jobs as their owners and admins see and steer them, over HTTP."""

import asyncio
from typing import Any

from server.http.principal import Role
from server.jobs import NewJob, enqueue, pools, purge
from tests.server.tracks.following import Events
from tests.server.tracks.studio import Person, Studio

POOL = "errands"


async def add(studio: Studio, owner: Person, **given: Any) -> str:
    new: dict[str, Any] = {"kind": "errand", "pool": POOL, "payload": {}, "owner_id": owner.user_id}
    return await studio.database.write(enqueue, NewJob(**new | given))


async def shown(person: Person, job: str) -> dict[str, Any]:
    response = await person.get(f"/api/v1/jobs/{job}")
    assert response.status == 200, await response.text()
    return dict(await response.json())


async def listed(person: Person, **query: str) -> list[str]:
    response = await person.get("/api/v1/jobs", params={"kind": "any", **query})
    assert response.status == 200, await response.text()
    return [job["id"] for job in (await response.json())["items"]]


async def test_an_upload_is_a_job_of_its_owner(studio: Studio, marin: Person, ines: Person) -> None:
    track = await marin.upload()
    (job,) = await listed(marin, kind="ingest")

    told = await shown(marin, job)

    assert (told["kind"], told["status"], told["track_id"]) == ("ingest", "pending", track["id"])
    assert [each["type"] for each in told["history"]] == ["added"]
    assert await listed(ines, kind="ingest") == []
    assert (await ines.get(f"/api/v1/jobs/{job}")).status == 404
    assert (await studio.client.get(f"/api/v1/jobs/{job}")).status == 401


async def test_a_list_without_a_kind_is_of_generative_jobs(studio: Studio, marin: Person) -> None:
    await add(studio, marin)

    response = await marin.get("/api/v1/jobs")

    assert (await response.json()) == {"items": [], "next_cursor": None}


async def test_pages_follow_each_other_newest_first(studio: Studio, marin: Person) -> None:
    added = [await add(studio, marin) for _ in range(5)]
    seen: list[str] = []
    query: dict[str, str] = {"kind": "errand", "limit": "2"}
    while True:
        page = await (await marin.get("/api/v1/jobs", params=query)).json()
        seen += [job["id"] for job in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == added[::-1]


async def test_an_admin_sees_everybodys(studio: Studio, marin: Person, ines: Person) -> None:
    admin = await studio.person("Root", Role.ADMIN)
    theirs, hers = await add(studio, marin), await add(studio, ines)

    assert await listed(admin) == []
    assert await listed(admin, owner="any") == [hers, theirs]
    assert await listed(admin, owner=marin.user_id) == [theirs]
    assert await listed(marin, owner="any") == [theirs]
    assert (await shown(admin, hers))["owner"] == {"id": ines.user_id, "username": "Ines"}
    assert (await shown(admin, theirs))["id"] == theirs


async def test_a_list_may_be_of_one_status(studio: Studio, marin: Person) -> None:
    first, second = await add(studio, marin), await add(studio, marin)
    worker = studio.worker()
    await worker.claim(POOL)
    await worker.finish()

    assert await listed(marin, status="succeeded") == [first]
    assert await listed(marin, status="pending") == [second]
    assert (await marin.get("/api/v1/jobs?status=asleep")).status == 422


async def test_a_list_may_be_of_one_pool(studio: Studio, marin: Person) -> None:
    here, there = await add(studio, marin), await add(studio, marin, pool="gpu")

    assert await listed(marin, pool=POOL) == [here]
    assert await listed(marin, pool="gpu") == [there]
    assert await listed(marin, pool="nowhere") == []


async def test_the_history_tells_every_change(studio: Studio, marin: Person) -> None:
    job = await add(studio, marin)
    worker = studio.worker()
    await worker.claim(POOL)
    await worker.tell("release")
    await worker.claim(POOL)
    await worker.tell("fail", code="crashed", message="It broke off.", retryable=True)
    await studio.sql("UPDATE jobs SET run_at = 0")
    await worker.claim(POOL)
    await worker.tell("finish", result={"found": 3})

    told = await shown(marin, job)

    assert [(each["type"], each["attempt"]) for each in told["history"]] == [
        ("added", None),
        ("begun", 1),
        ("released", 1),
        ("begun", 1),
        ("lost", 1),
        ("begun", 2),
        ("succeeded", 2),
    ]
    assert told["history"][4]["detail"] == "It broke off."
    assert (told["status"], told["progress"], told["error"]) == ("succeeded", 1.0, None)
    assert told["finished_at"] >= told["started_at"] >= told["created_at"]


async def test_a_waiting_job_is_cancelled_at_once(studio: Studio, marin: Person) -> None:
    job = await add(studio, marin)

    response = await marin.request("POST", f"/api/v1/jobs/{job}/cancel")

    assert (response.status, (await response.json())["status"]) == (200, "cancelled")
    assert await studio.worker().claim(POOL) is None
    assert (await marin.request("POST", f"/api/v1/jobs/{job}/cancel")).status == 409


async def test_a_running_job_is_cancelled_at_its_next_beat(studio: Studio, marin: Person) -> None:
    job = await add(studio, marin)
    worker = studio.worker()
    await worker.claim(POOL)

    asked = await (await marin.request("POST", f"/api/v1/jobs/{job}/cancel")).json()
    beaten = await (await worker.tell("beat")).json()
    await worker.tell("fail", code="cancelled", message="It was cancelled.", retryable=False)

    assert (asked["status"], asked["cancel_requested"]) == ("processing", True)
    assert beaten == {"cancel": True}
    assert (await shown(marin, job))["status"] == "cancelled"


async def test_a_cancelled_ingest_says_so_on_the_track_and_may_be_tried_again(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    (job,) = await listed(marin)
    await marin.request("POST", f"/api/v1/jobs/{job}/cancel")
    stopped = await marin.track(track["id"])

    response = await marin.request("POST", f"/api/v1/jobs/{job}/retry")

    assert (stopped["state"], stopped["error"]["code"]) == ("failed", "cancelled")
    assert (response.status, (await response.json())["status"]) == (200, "pending")
    again = await marin.track(track["id"])
    assert (again["state"], again["error"]) == ("processing", None)
    await studio.worker().ingest("aac-128")
    assert (await marin.track(track["id"]))["state"] == "ready"


async def test_a_failed_job_has_all_its_attempts_again(studio: Studio, marin: Person) -> None:
    job = await add(studio, marin)
    worker = studio.worker()
    await worker.claim(POOL)
    await worker.tell("fail", code="no_sound", message="There is no sound.", retryable=False)
    assert (await shown(marin, job))["error"]["code"] == "no_sound"

    await marin.request("POST", f"/api/v1/jobs/{job}/retry")

    leased = await worker.claim(POOL)
    assert leased is not None
    assert leased["attempt"] == 1
    assert (await marin.request("POST", f"/api/v1/jobs/{job}/retry")).status == 409


async def test_nobody_steers_anothers_job(studio: Studio, marin: Person, ines: Person) -> None:
    job = await add(studio, marin)

    for verb in ("cancel", "retry"):
        assert (await ines.request("POST", f"/api/v1/jobs/{job}/{verb}")).status == 404
        assert (await ines.request("POST", f"/api/v1/jobs/nothing/{verb}")).status == 404

    assert (await shown(marin, job))["status"] == "pending"


async def test_a_job_is_followed_to_its_end(studio: Studio, marin: Person) -> None:
    job = await add(studio, marin)
    worker = studio.worker()
    async with asyncio.timeout(10):
        response = await marin.get(f"/api/v1/jobs/{job}/events")
        events = Events(response)
        assert (await events.next("job"))["status"] == "pending"
        await worker.claim(POOL)
        assert (await events.next("job"))["status"] == "processing"
        await worker.tell("beat", progress=0.5, step="walking")
        assert await events.next("progress") == {"progress": 0.5, "step": "walking"}
        await worker.finish()
        told = [event["status"] async for name, event in events if name == "job"]

    assert told == ["succeeded"]


async def test_the_same_key_adds_a_job_once(studio: Studio, marin: Person, ines: Person) -> None:
    first = await add(studio, marin, idempotency_key="a")

    assert await add(studio, marin, idempotency_key="a") == first
    assert await add(studio, marin, idempotency_key="b") != first
    assert await add(studio, ines, idempotency_key="a") != first


async def test_who_waits_for_long_comes_before_who_is_a_little_more_urgent(
    studio: Studio, marin: Person
) -> None:
    patient = await add(studio, marin)
    await studio.sql("UPDATE jobs SET rank = rank - 180000, created_at = created_at - 180000")
    urgent, very_urgent = [await add(studio, marin, priority=n) for n in (2, 5)]
    worker = studio.worker()

    claimed = [(await worker.claim(POOL) or {})["id"] for _ in range(3)]

    assert claimed == [very_urgent, patient, urgent]


async def test_what_ended_long_ago_is_forgotten_with_its_history(
    studio: Studio, marin: Person
) -> None:
    old, new, waiting = [await add(studio, marin) for _ in range(3)]
    worker = studio.worker()
    for _ in range(2):
        await worker.claim(POOL)
        await worker.finish()
    await studio.sql("UPDATE jobs SET finished_at = finished_at - 90000 WHERE id = :id", id=old)

    assert await studio.database.write(purge, kept_ms=60_000) == 1

    assert await listed(marin) == [waiting, new]
    assert await studio.sql("SELECT 1 FROM job_events WHERE job_id = :id", id=old) == []


async def test_what_waits_and_runs_is_counted(studio: Studio, marin: Person) -> None:
    for _ in range(3):
        await add(studio, marin)
    await studio.sql("UPDATE jobs SET run_at = run_at - 60000")
    await studio.worker().claim(POOL)
    gauges = pools.Gauges()
    gauges.show(await studio.database.read(pools.count))
    told = await (await studio.client.get("/metrics")).text()

    assert 'jobs{pool="errands",state="pending"} 2.0' in told
    assert 'jobs{pool="errands",state="processing"} 1.0' in told
    (oldest,) = [
        float(line.rsplit(" ", 1)[1])
        for line in told.splitlines()
        if line.startswith('jobs_oldest_pending_seconds{pool="errands"}')
    ]
    assert 60 <= oldest < 120
    gauges.show([])
