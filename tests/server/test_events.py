"""A slow watcher loses pixels, never a state, and never slows anyone."""

import asyncio

import pytest

from server.events import Bus


async def received(bus: Bus, publish: int, *, transient: bool) -> list[int]:
    async with bus.subscribe("track:1") as events:
        for number in range(publish):
            bus.publish("track:1", {"n": number}, transient=transient)
        bus.close()
        return [event["n"] async for event in events]


async def test_events_arrive_in_order() -> None:
    assert await received(Bus(bound=8), 5, transient=False) == [0, 1, 2, 3, 4]


async def test_of_transient_events_the_newest_are_kept() -> None:
    assert await received(Bus(bound=4), 10, transient=True) == [6, 7, 8, 9]


async def test_states_push_pixels_out() -> None:
    bus = Bus(bound=4)
    async with bus.subscribe("track:1") as events:
        for number in range(3):
            bus.publish("track:1", {"pixel": number}, transient=True)
        for number in range(4):
            bus.publish("track:1", {"state": number})
        bus.close()

        assert [event async for event in events] == [{"state": number} for number in range(4)]


async def test_a_watcher_too_far_behind_is_ended_and_not_lied_to() -> None:
    assert await received(Bus(bound=4), 6, transient=False) == [0, 1, 2, 3]


async def test_topics_are_apart() -> None:
    bus = Bus()
    async with bus.subscribe("track:1") as events:
        bus.publish("track:2", {"n": 1})
        bus.close()

        assert [event async for event in events] == []


async def test_a_watcher_waits_without_polling() -> None:
    bus = Bus()
    async with bus.subscribe("track:1") as events:
        asyncio.get_running_loop().call_soon(bus.publish, "track:1", {"n": 1})

        assert await anext(events) == {"n": 1}


async def test_after_closing_a_new_watcher_ends_at_once() -> None:
    bus = Bus()
    bus.close()
    async with bus.subscribe("track:1") as events:
        with pytest.raises(StopAsyncIteration):
            await anext(events)
