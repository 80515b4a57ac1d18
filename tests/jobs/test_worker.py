"""The worker keeps its lease while it works, and lets go of the work when it lost it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jobs.client import LeaseClient
from jobs.messages import ProtocolRefused, TokenRefused
from jobs.pace import Pace
from jobs.worker import JobFailed, Lease, NoRoom, Worker
from tests.jobs.queue_server import TOKEN, QueueServer

Work = Callable[[Lease], Awaitable[Mapping[str, Any]]]
Log = pytest.LogCaptureFixture


class Endless:
    """Work that ends only when it is cancelled, and tells."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def __call__(self, _lease: Lease) -> Mapping[str, Any]:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()
        return {}


@asynccontextmanager
async def working(client: LeaseClient, work: Work, **given: Any) -> AsyncIterator[Worker]:
    """A worker at work, faster than life; at the end it has stopped by itself."""
    times = {"grace_seconds": 0.0, **given}
    worker = Worker(client, "w", ["cpu"], {"count": work}, **times)
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(20):
            yield worker
    finally:
        worker.stop()
        async with asyncio.timeout(10):
            await running


async def test_the_result_of_the_work_is_the_result_of_the_job(
    queue: QueueServer, client: LeaseClient
) -> None:
    async def count(lease: Lease) -> Mapping[str, Any]:
        await lease.report([{"type": "seen", "n": n} for n in range(lease.job.payload["n"])])
        return {"counted": lease.job.payload["n"]}

    first, second = queue.add("1", n=2), queue.add("2", n=1)
    async with working(client, count):
        await queue.until("1", "succeeded")
        await queue.until("2", "succeeded")

    assert first.ended_with == {"result": {"counted": 2}}
    assert [fact["n"] for fact in first.facts] == [0, 1]
    assert second.ended_with == {"result": {"counted": 1}}


async def test_a_long_job_outlives_its_first_lease_by_beats_that_tell_how_far_it_is(
    queue: QueueServer, client: LeaseClient
) -> None:
    queue.lease_seconds = 0.5

    async def long(lease: Lease) -> Mapping[str, Any]:
        lease.progress, lease.step = 0.25, "half of it"
        await asyncio.sleep(1.2)
        return {}

    entry = queue.add("1")
    async with working(client, long):
        await queue.until("1", "succeeded")

    assert {"progress": 0.25, "step": "half of it"} in entry.beats
    assert entry.attempt == 1


async def test_a_failure_is_told_in_its_words(queue: QueueServer, client: LeaseClient) -> None:
    async def fail(lease: Lease) -> Mapping[str, Any]:
        raise JobFailed("no_sound", "There is no sound.", retryable=False)

    entry = queue.add("1")
    async with working(client, fail):
        await queue.until("1", "failed")

    assert entry.ended_with == {
        "code": "no_sound",
        "message": "There is no sound.",
        "retryable": False,
    }


async def test_a_bug_is_logged_with_its_trace_and_told_without_it(
    queue: QueueServer, client: LeaseClient, caplog: Log
) -> None:
    async def stumble(lease: Lease) -> Mapping[str, Any]:
        raise ZeroDivisionError("a secret")

    entry = queue.add("1")
    async with working(client, stumble):
        await queue.until("1", "failed")

    assert entry.ended_with["retryable"] is True
    assert "secret" not in entry.ended_with["message"]
    assert "ZeroDivisionError: a secret" in caplog.text


async def test_a_kind_that_nobody_here_knows_goes_to_another_worker(
    queue: QueueServer, client: LeaseClient, caplog: Log
) -> None:
    entry = queue.add("1", kind="dance")
    async with working(client, Endless()):
        await queue.until("1", "failed")

    assert entry.ended_with["retryable"] is True
    assert "dance" in entry.ended_with["message"]


async def test_a_cancelled_job_is_stopped_and_ended(
    queue: QueueServer, client: LeaseClient
) -> None:
    work, entry = Endless(), queue.add("1")
    async with working(client, work):
        await work.begun.wait()
        entry.cancel = True
        await queue.until("1", "failed")

    assert work.cancelled.is_set()
    assert entry.ended_with["code"] == "cancelled"
    assert entry.ended_with["retryable"] is False


async def test_work_whose_lease_is_lost_is_stopped_and_nothing_is_said_of_it(
    queue: QueueServer, client: LeaseClient
) -> None:
    work, entry = Endless(), queue.add("1")
    async with working(client, work):
        await work.begun.wait()
        queue.take_back("1")
        await work.cancelled.wait()

        queue.add("2", kind="dance")  # and the worker goes on
        await queue.until("2", "failed")

    assert (entry.state, entry.ended_with) == ("processing", {})


async def test_work_that_hears_of_the_loss_first_may_end_by_it(
    queue: QueueServer, client: LeaseClient, caplog: Log
) -> None:
    lost = asyncio.Event()

    async def report(lease: Lease) -> Mapping[str, Any]:
        queue.take_back("1")
        lost.set()
        await lease.report([{"type": "late"}])
        return {}

    queue.lease_seconds = 90  # no beat comes before the report
    entry = queue.add("1")
    async with working(client, report):
        await lost.wait()
        queue.add("2", kind="dance")
        await queue.until("2", "failed")

    assert (entry.facts, entry.ended_with) == ([], {})
    assert "lease lost" in caplog.text


async def test_a_short_absence_of_the_server_costs_nothing(
    queue: QueueServer, client: LeaseClient, socket: Path
) -> None:
    begun, away = asyncio.Event(), asyncio.Event()

    async def report(lease: Lease) -> Mapping[str, Any]:
        begun.set()
        await away.wait()
        await lease.report([{"type": "seen"}])
        return {"ok": 1}

    queue.lease_seconds = 5
    entry = queue.add("1")
    async with working(client, report):
        await begun.wait()
        await queue.stop()
        away.set()
        await asyncio.sleep(0.3)
        await queue.start(socket)
        await queue.until("1", "succeeded")

    assert entry.facts == [{"type": "seen"}]
    assert entry.attempt == 1


async def test_when_the_server_stays_away_longer_than_the_lease_the_work_is_given_up(
    queue: QueueServer, client: LeaseClient, socket: Path, caplog: Log
) -> None:
    queue.lease_seconds = 0.4
    work = Endless()
    queue.add("1")
    async with working(client, work):
        await work.begun.wait()
        await queue.stop()
        await work.cancelled.wait()

        queue.add("2", kind="dance")
        await queue.start(socket)
        await queue.until("2", "failed")

    assert "lease lost" in caplog.text


async def test_a_stopped_worker_hands_its_job_back(queue: QueueServer, client: LeaseClient) -> None:
    work, entry = Endless(), queue.add("1")
    async with working(client, work) as worker:
        await work.begun.wait()
        worker.stop()
        await queue.until("1", "pending")

    assert work.cancelled.is_set()
    assert len(queue.claims) == 1
    assert entry.ended_with == {}


async def test_a_stopped_worker_lets_a_job_end_that_is_nearly_done(
    queue: QueueServer, client: LeaseClient
) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def nearly(lease: Lease) -> Mapping[str, Any]:
        begun.set()
        await end.wait()
        return {"ok": 1}

    entry = queue.add("1")
    queue.add("2")
    async with working(client, nearly, grace_seconds=10.0) as worker:
        await begun.wait()
        worker.stop()
        await asyncio.sleep(0.05)
        end.set()
        await queue.until("1", "succeeded")

    assert entry.ended_with == {"result": {"ok": 1}}
    assert queue.entries["2"].attempt == 0


async def test_an_idle_worker_stops_without_waiting_for_its_claim(
    queue: QueueServer, client: LeaseClient
) -> None:
    async with working(client, Endless()) as worker:
        while not queue.claims:  # noqa: ASYNC110 -- until it waits
            await asyncio.sleep(0)
        worker.stop()


async def test_a_worker_without_a_server_waits_for_one(
    queue: QueueServer, client: LeaseClient, socket: Path, caplog: Log
) -> None:
    async def count(lease: Lease) -> Mapping[str, Any]:
        return {}

    await queue.stop()
    queue.add("1")
    async with working(client, count):
        await asyncio.sleep(0.1)
        await queue.start(socket)
        await queue.until("1", "succeeded")

    assert any(record.levelno == logging.WARNING for record in caplog.records)


async def test_nothing_is_left_running_when_the_worker_has_ended(
    queue: QueueServer, client: LeaseClient
) -> None:
    before = asyncio.all_tasks()
    work = Endless()
    queue.add("1")
    async with working(client, work):
        await work.begun.wait()

    left = {task for task in asyncio.all_tasks() - before if "worker" in repr(task.get_coro())}
    assert not left


async def test_a_cancelled_run_takes_its_work_along(
    queue: QueueServer, client: LeaseClient
) -> None:
    work = Endless()
    queue.add("1")
    worker = Worker(client, "w", ["cpu"], {"count": work})
    running = asyncio.create_task(worker.run())
    await work.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert work.cancelled.is_set()


async def test_work_that_is_stuck_is_stopped_and_may_be_tried_again(
    queue: QueueServer, client: LeaseClient
) -> None:
    entry, work = queue.add("1"), Endless()
    async with working(client, work, pace=lambda now: Pace(now, first=0.8)):
        await queue.until("1", "failed")
        await work.cancelled.wait()

    assert (entry.ended_with["code"], entry.ended_with["retryable"]) == ("stuck", True)
    assert entry.beats


async def test_work_that_gives_signs_is_not_stuck(queue: QueueServer, client: LeaseClient) -> None:
    async def slow(lease: Lease) -> Mapping[str, Any]:
        for _ in range(8):
            await asyncio.sleep(0.1)
            lease.sign()
        return {}

    entry = queue.add("1")
    async with working(client, slow, pace=lambda now: Pace(now, first=0.5, least=0.5)):
        await queue.until("1", "succeeded")

    assert entry.attempt == 1


async def test_without_room_nothing_is_claimed(queue: QueueServer, client: LeaseClient) -> None:
    room = asyncio.Event()

    async def require_room() -> None:
        if not room.is_set():
            asyncio.get_running_loop().call_later(0.2, room.set)
            raise NoRoom("the disk is full")

    async def count(_lease: Lease) -> Mapping[str, Any]:
        assert room.is_set()
        return {}

    queue.add("1")
    async with working(client, count, require_room=require_room):
        await queue.until("1", "succeeded")


@pytest.mark.parametrize("refused", ["token", "protocol"])
async def test_what_no_patience_mends_ends_the_worker(
    refused: str, queue: QueueServer, socket: Path
) -> None:
    queue.protocol = 7 if refused == "protocol" else queue.protocol
    async with LeaseClient(socket, TOKEN if refused == "protocol" else "stolen") as client:
        worker = Worker(client, "w", ["cpu"], {})
        async with asyncio.timeout(5):
            with pytest.raises(ProtocolRefused if refused == "protocol" else TokenRefused):
                await worker.run()
