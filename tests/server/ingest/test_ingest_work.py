"""The worker's side of an ingest: what is told of is stored, whatever the child does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from jobs.client import LeaseClient
from jobs.messages import Job, LeaseLost
from jobs.worker import JobFailed, Lease
from server.ingest_work import Ingest, sweep
from server.media import open_storage
from server.settings import Settings
from server.worker_child import objects_of
from tests.small_disk import mounted
from transcoder.zygote import Zygote

Run = Callable[[str], Awaitable[list[dict[str, Any]]]]


class Ear:
    """A server that only listens, and checks that the files it hears of are there."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.heard: list[dict[str, Any]] = []
        self.messages = 0
        self.lost = False

    async def report(self, request: web.Request) -> web.Response:
        if self.lost:
            return web.Response(status=409)
        self.messages += 1
        for fact in (await request.json())["facts"]:
            if "file" in fact:
                assert (self.store / "tracks" / "t1" / fact["file"]).is_file()
            self.heard.append(fact)
        return web.Response(status=204)


@pytest.fixture
def media(settings: Settings) -> Path:
    original = settings.data_dir / "media" / "tracks" / "t1" / "original"
    original.parent.mkdir(parents=True)
    original.write_bytes(b"a song")
    settings.work_dir.mkdir()
    (settings.data_dir / "secret.key").write_text("nobody's business")
    return settings.data_dir / "media"


@pytest.fixture
def ear(media: Path) -> Ear:
    return Ear(media)


@pytest.fixture
async def run(
    settings: Settings, ear: Ear, aiohttp_server: Callable[..., Awaitable[TestServer]]
) -> AsyncIterator[Run]:
    app = web.Application()
    app.router.add_post("/internal/jobs/{job}/report", ear.report)
    server = await aiohttp_server(app)
    async with AsyncExitStack() as stack:

        async def ingested(task: str) -> list[dict[str, Any]]:
            tasks = {"ingest": f"tests.server.ingest.tasks:{task}"}
            zygote = await Zygote.start(nice=0, tasks=tasks)
            stack.push_async_callback(zygote.close)
            client = await stack.enter_async_context(LeaseClient(str(server.make_url("")), "token"))
            job = Job(
                "j1",
                "ingest",
                "cpu",
                token=1,
                attempt=2,
                payload={"track_id": "t1"},
                lease_seconds=15,
                grant="",
            )
            ingest = Ingest(
                settings.work_dir, objects_of(open_storage(settings.storage_url)), zygote
            )
            await ingest(Lease(job, client))
            return ear.heard

        yield ingested


async def test_everything_is_told_in_order_and_in_few_messages(run: Run, ear: Ear) -> None:
    heard = await run("work")

    assert [fact["n"] for fact in heard if fact["type"] == "segment_made"] == list(range(250))
    assert heard[-1] == {"type": "source", "bytes": len(b"a song")}
    assert ear.messages < 100


async def test_nothing_is_left_in_the_work_folder(run: Run, settings: Settings) -> None:
    await run("work")

    assert list(settings.work_dir.iterdir()) == []


async def test_a_refusal_is_for_good_and_in_words(run: Run, settings: Settings) -> None:
    with pytest.raises(JobFailed) as failure:
        await run("refuse")

    assert (failure.value.code, failure.value.retryable) == ("no_sound", False)
    assert "sound" in str(failure.value)
    assert list(settings.work_dir.iterdir()) == []


async def test_a_crash_is_tried_again(run: Run) -> None:
    with pytest.raises(JobFailed) as failure:
        await run("die")

    assert (failure.value.code, failure.value.retryable) == ("crashed", True)


async def test_a_full_disk_is_said_and_the_work_is_tried_again(
    run: Run, settings: Settings
) -> None:
    with mounted(settings.work_dir, 1), pytest.raises(JobFailed, match="disk is full") as failure:
        await run("overflow")

    assert (failure.value.code, failure.value.retryable) == ("no_space", True)


async def test_not_even_a_folder_for_the_work_is_the_disks_fault_too(
    run: Run, settings: Settings
) -> None:
    with mounted(settings.work_dir, 1, inodes=1):
        with pytest.raises(JobFailed) as failure:
            await run("work")

        assert (failure.value.code, failure.value.retryable) == ("no_space", True)


async def test_a_child_that_fills_the_disk_is_stopped(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.scratch._LEAST", 16 << 20)
    with pytest.raises(JobFailed, match="room") as failure:
        await run("hoard")

    assert not failure.value.retryable
    assert list(settings.work_dir.iterdir()) == []


async def test_folders_of_any_depth_are_removed(run: Run, settings: Settings) -> None:
    with pytest.raises(JobFailed):
        await run("burrow")

    assert list(settings.work_dir.iterdir()) == []


async def test_a_child_cannot_publish_what_is_not_its_own(run: Run, media: Path) -> None:
    with pytest.raises(JobFailed):
        await run("lie")

    stored = [path.read_bytes() for path in media.rglob("*") if path.is_file()]
    assert stored == [b"a song"]


async def test_a_lost_lease_ends_the_work(run: Run, ear: Ear, settings: Settings) -> None:
    ear.lost = True
    with pytest.raises(LeaseLost):
        async with asyncio.timeout(10):
            await run("wait")

    assert list(settings.work_dir.iterdir()) == []


async def test_an_original_that_is_gone_is_said(run: Run, media: Path) -> None:
    (media / "tracks" / "t1" / "original").unlink()
    with pytest.raises(JobFailed, match="gone"):
        await run("work")


def test_what_a_killed_worker_left_is_swept(settings: Settings) -> None:
    left = settings.work_dir / "j9-1" / "r1"
    left.mkdir(parents=True)
    (left / "0.m4s").write_bytes(b"x")
    sweep(settings.work_dir)

    assert list(settings.work_dir.iterdir()) == []
