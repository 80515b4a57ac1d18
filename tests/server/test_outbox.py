"""What one process records, the others tell: all of it, once, in order."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import Connection, select, update

from server import outbox
from server.database import Database
from server.events import Announcement, Bus, Event
from server.outbox import OUTBOX
from server.outbox_tail import Position, Tail

pytestmark = pytest.mark.engines("sqlite", "postgresql")

TOPIC = "track:1"


async def record(database: Database, origin: str, *numbers: int) -> None:
    news = [Announcement(TOPIC, {"n": number}) for number in numbers]

    def write(connection: Connection) -> None:
        outbox.record(connection, origin, news)

    await database.write(write)


async def grow_old(database: Database) -> None:
    longer = update(OUTBOX).values(at=OUTBOX.c.at - outbox.KEPT_MS - 1)
    await database.write(lambda connection: connection.execute(longer))


async def kept(database: Database) -> list[Event]:
    events = select(OUTBOX.c.event).order_by(OUTBOX.c.id)
    return list(await database.read(lambda connection: connection.scalars(events).all()))


class Process:
    """A watcher, and the tail that it hears by."""

    def __init__(self, database: Database) -> None:
        self.bus = Bus()
        self.tail = Tail(database, self.bus)

    async def hears(self, *looks: int) -> list[int]:
        """Look, and return what a watcher was told from the first look on."""
        async with self.bus.subscribe(TOPIC) as events:
            for _ in looks or (1,):
                await self.tail.look()
            self.bus.end_subscriptions()
            return [event["n"] async for event in events]


@pytest.fixture
async def process(database: Database) -> Process:
    begun = Process(database)
    await begun.tail.look()
    return begun


async def test_what_others_record_is_told_once_and_in_order(
    database: Database, process: Process
) -> None:
    await record(database, "another", 1, 2)
    await record(database, "a third", 3)

    assert await process.hears() == [1, 2, 3]
    assert await process.hears() == []


async def test_what_a_process_recorded_itself_it_has_told(
    database: Database, process: Process
) -> None:
    await record(database, process.bus.origin, 1)
    await record(database, "another", 2)

    assert await process.hears() == [2]


async def test_transient_events_are_not_recorded(database: Database) -> None:
    news = [Announcement(TOPIC, {"percent": 40}, transient=True)]

    def write(connection: Connection) -> None:
        outbox.record(connection, "another", news)

    await database.write(write)

    assert await kept(database) == []


async def test_more_than_a_page_is_told_at_once(
    database: Database, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.outbox_tail.PAGE", 4)
    await record(database, "another", *range(11))

    assert await process.hears() == list(range(11))


async def test_a_process_begins_with_what_comes_from_now_on(database: Database) -> None:
    await record(database, "another", 1)
    fresh = Process(database)
    await fresh.tail.look()
    await record(database, "another", 2)

    assert await fresh.hears() == [2]


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("begun", ["before", "meanwhile"])
async def test_what_is_committed_late_is_told_late(
    database: Database, process: Process, begun: str
) -> None:
    """PostgreSQL gives the smaller id to who began first, not to who commits first."""
    slow = await asyncpg.connect(database.url.replace("+asyncpg", ""), ssl=False)
    change = slow.transaction()
    await change.start()
    await slow.execute(
        "INSERT INTO outbox (at, origin, topic, event) VALUES (0, 'slow', $1, '{\"n\": 1}')", TOPIC
    )
    await record(database, "another", 2)
    if begun == "before":
        assert await process.hears() == [2]
    else:
        process = Process(database)
        await process.tail.look()

    await change.commit()
    await slow.close()

    assert await process.hears() == [1]
    assert await process.hears() == []


def test_an_id_that_never_comes_is_given_up() -> None:
    position = Position(1_000, [1, 2, 5])
    assert position.missing == [3, 4]

    position.advance(2_000, [3, 7])
    assert (position.last, position.missing) == (7, [4, 6])

    position.advance(16_001, [])
    assert position.missing == [6]


def test_of_too_many_missing_ids_the_oldest_are_given_up() -> None:
    position = Position(0, [1])
    position.advance(0, [10_000])
    position.advance(0, [10_002])

    assert len(position.missing) == 1000
    assert position.missing[-1] == 10_001


async def test_who_could_not_read_for_long_has_its_watchers_start_over(
    database: Database, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process.bus.subscribe(TOPIC) as events, asyncio.timeout(10):
        monkeypatch.setattr("server.outbox_tail.AWAY_MS", -1)
        await process.tail.look()

        assert [event async for event in events] == []  # an end, not a silence


async def test_what_is_old_is_forgotten_but_for_the_newest(database: Database) -> None:
    await record(database, "another", 1, 2, 3)
    await grow_old(database)

    assert await database.write(outbox.prune) == 2
    assert await kept(database) == [{"n": 3}]
    assert not await database.point(outbox.has_old)

    await record(database, "another", 4)
    assert await database.write(outbox.prune) == 1
    assert await kept(database) == [{"n": 4}]


async def test_it_is_forgotten_in_steps(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await record(database, "another", *range(7))
    await grow_old(database)
    monkeypatch.setattr("server.outbox.PRUNED_AT_ONCE", 4)

    assert await database.write(outbox.prune) == 4
    assert await kept(database) == [{"n": 4}, {"n": 5}, {"n": 6}]
