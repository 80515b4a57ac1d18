"""Two machines on one database hear each other, and go on when they do not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from structlog.testing import capture_logs

from server.app import create_app
from server.database import Database
from server.events import BUS, Event
from server.ids import new_id
from server.links import joined
from server.media import open_storage
from server.settings import Settings
from tests.ports import free_port
from tests.redis import RedisServer
from tests.server.links.conftest import Machines, services, until, until_service
from tests.server.tracks.following import following
from tests.server.tracks.studio import Studio, probed
from transcoder.reports import Progress

pytestmark = pytest.mark.engines("postgresql")

LINKS = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE application_name = 'houle link' AND datname = current_database() ORDER BY pid"
)
ASKED = "SELECT id FROM workers WHERE id = :id"


@dataclass
class Pair:
    here: Studio
    there: Studio
    wire: str  # the name of the service

    async def linked(self) -> None:
        await until_service(self.here, self.wire, "up")
        await until_service(self.there, self.wire, "up")


Meet: TypeAlias = Callable[[], Awaitable[Pair]]


@pytest.fixture(params=["redis", "link"])
def meet(request: pytest.FixtureRequest, machines: Machines) -> Meet:
    """Start two machines that are linked, by Redis and by PostgreSQL."""
    changes: dict[str, Any] = {}
    if request.param == "redis":
        changes["redis_url"] = request.getfixturevalue("redis").url

    async def start() -> Pair:
        pair = Pair(await machines.start(**changes), await machines.start(**changes), request.param)
        await pair.linked()
        return pair

    return start


def never_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make polls so rare that only a bell can be the reason."""
    monkeypatch.setattr("server.jobs.leases.POLL_SECONDS", 120.0)
    monkeypatch.setattr("server.outbox_tail.POLL_SECONDS", 120.0)


async def assert_a_job_is_claimed(pair: Pair) -> None:
    """Have a worker wait at one machine, and upload to the other."""
    worker = pair.there.worker(new_id())
    claim = asyncio.create_task(worker.claim(wait=25))
    marin = await pair.here.person("Marin")
    async with asyncio.timeout(10):
        await until(lambda: pair.here.sql(ASKED, id=worker.worker_id))
        track = await marin.upload()
        job = await claim

    assert job is not None
    assert job["payload"]["track_id"] == track["id"]


async def assert_followed_to_the_end(pair: Pair) -> None:
    """Follow a track at one machine while a worker reports to the other."""
    marin = await pair.here.person("Marin")
    track = await marin.upload()
    async with following(marin, track["id"]) as events:
        await events.next("state")
        await pair.there.worker().ingest("aac-64", "aac-128", "flac")
        told = [(name, event) async for name, event in events]

    stages = [event["stage"] for name, event in told if name == "state"]
    assert list(dict.fromkeys(stages)) == ["analysing", "encoding", "playable", "ready"]
    assert stages == sorted(stages, key=["analysing", "encoding", "playable", "ready"].index)
    last = [event for name, event in told if name == "track"][-1]
    assert last["state"] == "ready"
    assert all(each["finished"] for each in last["renditions"])


async def test_a_job_of_one_machine_is_claimed_at_once_by_a_worker_at_the_other(
    meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_ask(monkeypatch)

    await assert_a_job_is_claimed(await meet())


async def test_a_track_followed_at_one_machine_is_reported_on_to_the_other(
    meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_ask(monkeypatch)

    await assert_followed_to_the_end(await meet())


async def test_percentages_and_peaks_cross_over(meet: Meet) -> None:
    pair = await meet()
    marin = await pair.here.person("Marin")
    track = await marin.upload()
    worker = pair.there.worker()
    await worker.claim()
    await worker.report(probed())
    progress = Progress(
        stage="analysing", percent=40, peaks=[-5, 6, -7, 8], peaks_start=0, samples_per_pixel=4096
    )
    async with following(marin, track["id"]) as events:
        await events.next("state")
        await worker.report(progress)

        assert (await events.next("state"))["percent"] == 40
        assert (await events.next("peaks"))["data"] == [-5, 6, -7, 8]


async def test_what_is_too_large_is_left_out_and_holds_up_nothing(meet: Meet) -> None:
    pair = await meet()
    large = {"data": [-100] * 3_000}  # 15 kB
    async with pair.there.app[BUS].subscribe("track:1") as events, asyncio.timeout(5):
        for event in (large, {"n": 1}):
            pair.here.app[BUS].publish("track:1", event, transient=True)

        if pair.wire == "redis":
            assert await anext(events) == large
        assert await anext(events) == {"n": 1}


async def test_a_rush_of_bells_and_events_arrives_in_order(meet: Meet) -> None:
    pair = await meet()
    async with pair.there.app[BUS].subscribe("track:1") as events, asyncio.timeout(10):
        for number in range(200):
            pair.here.app[BUS].publish("jobs", {}, transient=True)
            pair.here.app[BUS].publish("track:1", {"n": number}, transient=True)

        assert [(await anext(events))["n"] for _ in range(200)] == list(range(200))


async def test_siblings_pass_over_what_they_heard_by_other_means(machines: Machines) -> None:
    one, sibling = await machines.start(family="f"), await machines.start(family="f")
    stranger = await machines.start()
    for each in (one, sibling, stranger):
        await until_service(each, "link", "up")
    async with (
        sibling.app[BUS].subscribe("track:1") as by_sibling,
        stranger.app[BUS].subscribe("track:1") as by_stranger,
        asyncio.timeout(10),
    ):
        one.app[BUS].publish("track:1", {"n": 1}, transient=True)
        assert await anext(by_stranger) == {"n": 1}
        stranger.app[BUS].publish("track:1", {"n": 2}, transient=True)
        assert await anext(by_sibling) == {"n": 2}


async def test_without_redis_they_go_on_by_asking_and_are_linked_again(
    machines: Machines, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"redis_url": redis.url}
    pair = Pair(await machines.start(**given), await machines.start(**given), "redis")
    await pair.linked()

    redis.kill()
    try:
        await until_service(pair.here, "redis", "degraded")
        assert (await pair.here.client.get("/readyz")).status == 200
        await assert_followed_to_the_end(pair)
        await assert_a_job_is_claimed(pair)
    finally:
        redis.start()

    await pair.linked()
    never_ask(monkeypatch)
    await assert_a_job_is_claimed(pair)


async def test_a_connection_that_postgresql_ends_is_made_again(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = Pair(await machines.start(), await machines.start(), "link")
    await pair.linked()
    before = await pair.here.sql(LINKS)
    assert len(before) == 2

    await pair.here.sql(LINKS.replace("SELECT pid", "SELECT pg_terminate_backend(pid)"))
    await assert_followed_to_the_end(pair)

    async def others() -> bool:
        now = await pair.here.sql(LINKS)
        return len(now) == 2 and not set(now) & set(before)

    await until(others)
    await pair.linked()
    never_ask(monkeypatch)
    await assert_a_job_is_claimed(pair)


async def test_behind_pgbouncer_nobody_listens_unless_told_where(machines: Machines) -> None:
    pooled = f"{machines.settings.database_url}?pgbouncer=true"
    address = machines.settings.database_url.partition("@")[2].partition("/")[0]

    deaf = await machines.start(database_url=pooled)
    assert "link" not in await services(deaf)
    assert await deaf.sql(LINKS) == []

    told = await machines.start(database_url=f"{pooled}&direct={address}")
    await until_service(told, "link", "up")
    await assert_followed_to_the_end(Pair(deaf, told, "link"))


async def test_a_redis_that_is_not_there_is_told_of_without_its_password(
    machines: Machines,
) -> None:
    with capture_logs() as logs:
        alone = await machines.start(redis_url=f"redis://me:battery@127.0.0.1:{free_port()}")

        async def told() -> bool:
            return any(line["event"] == "link lost" for line in logs)

        await until(told)

    assert (await services(alone))["redis"] == "degraded"
    assert "battery" not in repr(logs)


async def first(events: AsyncIterator[Event]) -> Event:
    return await anext(events)


@pytest.mark.parametrize("wire", ["redis", "link"])
async def test_a_link_that_speaks_can_be_left_at_any_moment(
    wire: str,
    settings: Settings,
    database: Database,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A library may take the cancellation of a task for its own business."""
    monkeypatch.setattr("server.links.link.REST_SECONDS", 0)
    if wire == "redis":
        url = request.getfixturevalue("redis").url
        settings = settings.model_copy(update={"redis_url": url})
    hearing, leaving = (
        create_app(settings, database, open_storage(settings.storage_url)) for _ in range(2)
    )
    async with joined(hearing, family="a"), hearing[BUS].subscribe("track:1", bound=1) as events:
        for moments in range(40):
            async with asyncio.timeout(5), joined(leaving, family="b"):
                hears = asyncio.create_task(first(events))
                while not hears.done():
                    leaving[BUS].publish("track:1", {"n": 1}, transient=True)
                    await asyncio.sleep(0.001)
                leaving[BUS].publish("track:1", {"n": 2}, transient=True)
                for _ in range(moments):
                    await asyncio.sleep(0)
