"""Siblings hear each other at once: what may be lost by the socket, the rest from the outbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from server import outbox
from server.bus_relay import joined
from server.database import Database
from server.events import Announcement, Bus
from server.outbox_tail import Tail


async def first_event(bus: Bus, topic: str, ready: asyncio.Event) -> dict[str, Any]:
    """Watch until something comes, again after each end, as a watcher of the API does."""
    while True:
        async with bus.subscribe(topic) as events:
            ready.set()
            async for event in events:
                return event


async def told(bus: Bus, watcher: Bus) -> dict[str, Any]:
    """Publish on one bus until it arrives on the other."""
    ready = asyncio.Event()
    watching = asyncio.create_task(first_event(watcher, "track:1", ready))
    await ready.wait()
    async with asyncio.timeout(5):
        while not watching.done():
            bus.publish("track:1", {"percent": 40}, transient=True)
            await asyncio.sleep(0.01)
    return await watching


async def test_a_transient_event_reaches_every_sibling(tmp_path: Path) -> None:
    hub, one, other = Bus(), Bus(), Bus()
    path = tmp_path / "bus.sock"
    async with (
        joined(hub, path, hub=True),
        joined(one, path, hub=False),
        joined(other, path, hub=False),
    ):
        assert await told(hub, one) == {"percent": 40}
        assert await told(one, hub) == {"percent": 40}
        assert await told(one, other) == {"percent": 40}


async def test_a_hub_that_goes_costs_its_siblings_watchers_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bus.sock"
    first, sibling, second = Bus(), Bus(), Bus()
    async with joined(sibling, path, hub=False):
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(joined(first, path, hub=True))
            assert await told(first, sibling) == {"percent": 40}
            async with sibling.subscribe("track:2") as events:
                await stack.aclose()
                sibling.publish("track:2", {"stage": "ready"})
                assert await anext(events) == {"stage": "ready"}
        async with joined(second, path, hub=True):
            assert await told(second, sibling) == {"percent": 40}


@asynccontextmanager
async def following_the_outbox(database: Database, bus: Bus) -> AsyncIterator[Tail]:
    tail = Tail(database, bus)
    await tail.look()
    task = asyncio.create_task(tail.follow())
    yield tail
    bus.close()
    await task


async def test_states_reach_a_sibling_once_and_in_order_and_without_waiting(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.outbox_tail.POLL_SECONDS", 60.0)
    hub, sibling = Bus(), Bus()
    path = tmp_path / "bus.sock"

    async def change(bus: Bus, number: int) -> None:
        event = {"n": number}

        def write(connection: Connection) -> None:
            outbox.record(connection, bus.origin, [Announcement("track:1", event)])

        await database.write(write)
        bus.publish("track:1", event)

    async with (
        joined(hub, path, hub=True),
        joined(sibling, path, hub=False),
        following_the_outbox(database, hub),
        following_the_outbox(database, sibling) as tail,
        asyncio.timeout(10),
    ):
        await told(hub, sibling)  # they are joined
        async with hub.subscribe("track:1") as here, sibling.subscribe("track:1") as there:
            for number in range(8):
                await change(hub, number)
            heard = [await anext(there) for _ in range(8)]
            await change(sibling, 8)
            heard += [await anext(there)]
            heard_here = [await anext(here) for _ in range(9)]
            await tail.look()
            sibling.close()
            heard += [event async for event in there]

    assert heard == heard_here == [{"n": number} for number in range(9)]
