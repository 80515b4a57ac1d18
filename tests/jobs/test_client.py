"""The client says what the protocol has words for, and knows who is to blame for a refusal."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from jobs.client import LeaseClient
from jobs.messages import PROTOCOL, Job, LeaseLost, ServerAway, TokenRefused
from tests.jobs.queue_server import TOKEN, QueueServer


async def claimed(client: LeaseClient) -> Job:
    job = await client.claim(["cpu"], "w", wait_seconds=0)
    assert job is not None
    return job


async def test_a_job_is_claimed_beaten_reported_and_finished(
    queue: QueueServer, client: LeaseClient
) -> None:
    entry = queue.add("7", track_id="t")

    job = await claimed(client)
    assert job == Job(
        "7",
        "count",
        "cpu",
        token=1,
        attempt=1,
        payload={"track_id": "t"},
        lease_seconds=1.5,
        grant="g7",
    )
    assert await client.beat(job, 0.5, "encoding") is False
    await client.report(job, [{"type": "a"}, {"type": "b"}])
    await client.finish(job, {"ok": 1})

    assert entry.beats == [{"progress": 0.5, "step": "encoding"}]
    assert entry.facts == [{"type": "a"}, {"type": "b"}]
    assert (entry.state, entry.ended_with) == ("succeeded", {"result": {"ok": 1}})


async def test_where_there_is_nothing_to_do_nothing_is_claimed(
    queue: QueueServer, client: LeaseClient
) -> None:
    queue.add("7", pool="gpu")

    assert await client.claim(["cpu"], "w", wait_seconds=0.05) is None
    (asked,) = queue.claims
    assert (asked["pools"], asked["worker_id"], asked["wait_seconds"]) == (["cpu"], "w", 0.05)
    assert asked["protocol"] == PROTOCOL


async def test_a_claim_waits_for_a_job(queue: QueueServer, client: LeaseClient) -> None:
    claiming = asyncio.create_task(client.claim(["cpu"], "w", wait_seconds=5))
    while not queue.claims:  # noqa: ASYNC110 -- until the request is in
        await asyncio.sleep(0)
    queue.add("7")

    job = await claiming

    assert job is not None
    assert job.id == "7"


async def test_a_failure_carries_its_words_and_a_release_none(
    queue: QueueServer, client: LeaseClient
) -> None:
    entry = queue.add("7")
    await client.fail(await claimed(client), "no_sound", "Silence.", retryable=False)
    assert entry.ended_with == {"code": "no_sound", "message": "Silence.", "retryable": False}

    entry.state = "pending"
    await client.release(await claimed(client))
    assert (entry.state, entry.ended_with) == ("pending", {})


async def test_the_wish_to_cancel_is_heard_with_a_beat(
    queue: QueueServer, client: LeaseClient
) -> None:
    queue.add("7").cancel = True

    assert await client.beat(await claimed(client)) is True


@pytest.mark.parametrize("verb", ["beat", "report", "finish", "fail", "release"])
async def test_a_lease_that_is_lost_is_said_at_once(
    verb: str, queue: QueueServer, client: LeaseClient
) -> None:
    queue.add("7")
    job = await claimed(client)
    queue.take_back("7")
    before = queue.requests
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "beat": lambda: client.beat(job),
        "report": lambda: client.report(job, []),
        "finish": lambda: client.finish(job, {}),
        "fail": lambda: client.fail(job, "c", "m", retryable=True),
        "release": lambda: client.release(job),
    }

    with pytest.raises(LeaseLost):
        await calls[verb]()

    assert queue.requests == before + 1


async def test_a_job_that_was_deleted_is_lost(queue: QueueServer, client: LeaseClient) -> None:
    queue.add("7")
    job = await claimed(client)
    queue.entries.clear()

    with pytest.raises(LeaseLost):
        await client.finish(job, {})


async def test_a_server_that_comes_back_in_time_hears_what_was_said_meanwhile(
    queue: QueueServer, client: LeaseClient, socket: Path
) -> None:
    entry = queue.add("7")
    job = await claimed(client)
    await queue.stop()
    reporting = asyncio.create_task(client.report(job, [{"type": "a"}]))
    await asyncio.sleep(0.15)
    assert not reporting.done()
    await queue.start(socket)

    await reporting

    assert entry.facts == [{"type": "a"}]


async def test_patience_with_a_server_that_stays_away_ends(
    queue: QueueServer, client: LeaseClient
) -> None:
    queue.add("7")
    job = await claimed(client)
    queue.away = True

    with pytest.raises(ServerAway, match="503"):
        await client.finish(job, {}, patience=0.3)
    queue.away = False

    assert queue.entries["7"].state == "processing"


async def test_a_wrong_token_is_refused_and_not_tried_again(
    queue: QueueServer, socket: Path
) -> None:
    async with LeaseClient(socket, "another token") as stranger:
        with pytest.raises(TokenRefused):
            await stranger.claim(["cpu"], "w", wait_seconds=0)
        with pytest.raises(TokenRefused):
            await stranger.finish(Job("7", "count", "cpu", 1, 1, {}, 15, ""), {})

    assert queue.requests == 2


async def test_a_server_that_is_not_there_is_away(socket: Path) -> None:
    async with LeaseClient(socket, TOKEN) as client:
        with pytest.raises(ServerAway):
            await client.claim(["cpu"], "w", wait_seconds=0)


@pytest.mark.parametrize("answer", ["{", "[]", '{"id": "7"}', '"x"'])
async def test_an_answer_in_other_words_is_no_job(answer: str, tmp_path: Path) -> None:
    async def babble(request: web.Request) -> web.Response:
        return web.Response(text=answer, content_type="application/json")

    app = web.Application()
    app.router.add_post("/internal/jobs/claim", babble)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = "http://{}:{}".format(*runner.addresses[0])
    async with LeaseClient(address, TOKEN) as client:
        if answer == "[]":
            assert await client.claim(["cpu"], "w", wait_seconds=0) is None
        else:
            with pytest.raises(ServerAway):
                await client.claim(["cpu"], "w", wait_seconds=0)
    await runner.cleanup()
