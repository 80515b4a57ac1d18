"""Siblings hear each other's events, and start over when one was away."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from server.bus_relay import joined
from server.events import Bus


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
            bus.publish("track:1", {"stage": "ready"})
            await asyncio.sleep(0.01)
    return await watching


async def test_an_event_reaches_every_sibling(tmp_path: Path) -> None:
    hub, one, other = Bus(), Bus(), Bus()
    path = tmp_path / "bus.sock"
    async with (
        joined(hub, path, hub=True),
        joined(one, path, hub=False),
        joined(other, path, hub=False),
    ):
        assert await told(hub, one) == {"stage": "ready"}
        assert await told(one, hub) == {"stage": "ready"}
        assert await told(one, other) == {"stage": "ready"}


async def test_a_watcher_starts_over_when_the_hub_goes_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "bus.sock"
    first, sibling, second = Bus(), Bus(), Bus()
    async with joined(sibling, path, hub=False):
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(joined(first, path, hub=True))
            assert await told(first, sibling) == {"stage": "ready"}
            async with sibling.subscribe("track:1") as events, asyncio.timeout(5):
                await stack.aclose()
                assert [event async for event in events] == []  # an end, not a silence
        async with joined(second, path, hub=True):
            assert await told(second, sibling) == {"stage": "ready"}
