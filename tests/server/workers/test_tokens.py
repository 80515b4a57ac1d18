"""What a worker's token opens, and what it does not, by the HTTP API that workers use."""

from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from jobs.messages import PROTOCOL
from server.errors import Invalid
from server.jobs import LEASES, NewJob, enqueue
from server.workers import create_token, list_tokens, revoke_token
from server.workers.store import WorkerNameTaken, WorkerTokenNotFound
from tests.server.tracks.studio import Studio, Worker

POOL = "errands"
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("beat", {}),
    ("report", {"facts": [{"type": "x"}]}),
    ("finish", {"result": {}}),
    ("fail", {"code": "x", "message": "x", "retryable": True}),
    ("release", {}),
)


async def worker_with_token(studio: Studio, name: str, *pools: str) -> Worker:
    token = await studio.database.write(create_token, name, pools or (POOL,))
    headers = {"Authorization": f"Bearer {token}"}
    return Worker(studio.client, headers, studio.storage, f"{name}-1")


async def add(studio: Studio, pool: str = POOL) -> str:
    return await studio.database.write(enqueue, NewJob(kind="errand", pool=pool, payload={}))


async def names(studio: Studio) -> list[str]:
    return [token.name for token in await studio.database.read(list_tokens)]


async def test_a_token_opens_its_pools_and_no_other(studio: Studio) -> None:
    worker = await worker_with_token(studio, "box", POOL, "gpu")
    job = await add(studio)
    await add(studio, "cpu")

    refused = await worker.say(
        "jobs/claim", pools=["gpu", "cpu"], worker_id="box-1", protocol=PROTOCOL
    )

    assert refused.status == 403
    assert "for the pool cpu" in (await refused.json())["detail"]
    assert (await worker.claim(POOL) or {})["id"] == job


async def test_a_revoked_worker_is_refused_at_once_and_another_gets_its_job(
    studio: Studio,
) -> None:
    first, second = await worker_with_token(studio, "a"), await worker_with_token(studio, "b")
    job = await add(studio)
    await first.claim(POOL)

    await studio.database.write(revoke_token, "a")

    for verb, body in VERBS:
        assert (await first.tell(verb, **body)).status == 401, verb
    assert (await first.say("jobs/claim", pools=[POOL], worker_id="a-1")).status == 401
    await studio.sql("UPDATE jobs SET lease_until = lease_until - 15001")
    await studio.app[LEASES].reap()
    await studio.sql("UPDATE jobs SET run_at = 0")
    assert (await second.claim(POOL) or {})["id"] == job
    await second.finish()


async def test_a_name_is_taken_while_its_token_is_in_force(studio: Studio) -> None:
    old = await worker_with_token(studio, "box")
    with pytest.raises(WorkerNameTaken, match="Revoke it first"):
        await worker_with_token(studio, "box")

    await studio.database.write(revoke_token, "box")
    new = await worker_with_token(studio, "box")

    assert await names(studio) == ["box"]
    await add(studio)
    assert (await old.say("jobs/claim", pools=[POOL], worker_id="box-1")).status == 401
    assert await new.claim(POOL) is not None
    await studio.database.write(revoke_token, "box")
    with pytest.raises(WorkerTokenNotFound):
        await studio.database.write(revoke_token, "box")


@pytest.mark.parametrize(
    ("name", "pools"),
    [
        ("embedded", ["cpu"]),
        ("Embedded", ["cpu"]),
        ("", ["cpu"]),
        ("a b", ["cpu"]),
        ("box", []),
        ("box", ["cpu", "server"]),
    ],
)
async def test_names_that_would_confuse_are_refused(
    name: str, pools: list[str], studio: Studio
) -> None:
    with pytest.raises(Invalid):
        await studio.database.write(create_token, name, pools)

    assert await names(studio) == []


async def test_the_text_of_a_token_is_nowhere_in_the_database(studio: Studio) -> None:
    token = await studio.database.write(create_token, "box", [POOL])
    worker = Worker(studio.client, {"Authorization": f"Bearer {token}"}, studio.storage)
    await add(studio)
    await worker.claim(POOL)
    await worker.finish()

    def everything(connection: Connection) -> list[str]:
        tables = inspect(connection).get_table_names()
        return [
            str(row)
            for table in tables
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        ]

    rows = await studio.database.read(everything)
    assert any("box" in row for row in rows)
    assert not [row for row in rows if token in row or token.removeprefix("houlew_") in row]


async def test_nobody_speaks_for_anothers_lease_even_with_its_job_and_number(
    studio: Studio,
) -> None:
    mine, theirs = await worker_with_token(studio, "a"), await worker_with_token(studio, "b")
    await add(studio)
    held = await mine.claim(POOL)
    assert held is not None
    theirs.job = held
    theirs.worker_id = mine.worker_id

    for verb, body in VERBS:
        assert (await theirs.tell(verb, **body)).status == 409, verb

    taken_back = await theirs.say(f"workers/{mine.worker_id}/lost")
    assert await taken_back.json() == {"jobs": 0}
    assert (await mine.tell("beat")).status == 200
    await mine.finish()
