"""The cache in front of the store: bounded, and one load for many who ask."""

import asyncio

import pytest

from server.origin.byte_cache import LARGEST, OVERHEAD, ByteCache
from storage import ObjectNotFound


class Store:
    """Counts what is read of it."""

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    async def read(self, key: str, size: int = 100) -> bytes:
        self.reads.append(key)
        await self.open.wait()
        if key == "missing":
            raise ObjectNotFound(key)
        return key.encode()[:1] * size


async def test_a_thousand_who_ask_at_once_cause_one_read() -> None:
    cache, store = ByteCache(1 << 20), Store()
    store.open.clear()
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(cache.get("a", lambda: store.read("a"))) for _ in range(1000)]
        await asyncio.sleep(0)
        store.open.set()

    assert store.reads == ["a"]
    assert {task.result().body for task in asked} == {b"a" * 100}


async def test_who_goes_away_does_not_take_the_load_along() -> None:
    cache, store = ByteCache(1 << 20), Store()
    store.open.clear()
    first = asyncio.create_task(cache.get("a", lambda: store.read("a")))
    second = asyncio.create_task(cache.get("a", lambda: store.read("a")))
    await asyncio.sleep(0)
    first.cancel()
    store.open.set()

    assert (await second).body == b"a" * 100
    assert store.reads == ["a"]


async def test_what_was_not_there_is_looked_for_again() -> None:
    cache, store = ByteCache(1 << 20), Store()

    for _ in range(2):
        with pytest.raises(ObjectNotFound):
            await cache.get("missing", lambda: store.read("missing"))

    assert len(store.reads) == 2


async def test_the_least_recently_used_makes_room() -> None:
    cache, store = ByteCache(3 * (100 + OVERHEAD)), Store()

    async def ask(keys: str) -> None:
        for key in keys:
            await cache.get(key, lambda key=key: store.read(key))  # type: ignore[misc]

    await ask("abc")
    await ask("a")
    await ask("d")
    store.reads.clear()
    await ask("acdb")

    assert store.reads == ["b"]


async def test_what_is_too_large_is_answered_and_not_kept() -> None:
    cache, store = ByteCache(1 << 30), Store()
    for _ in range(2):
        found = await cache.get("a", lambda: store.read("a", LARGEST + 1))
        assert len(found.body) == LARGEST + 1

    assert len(store.reads) == 2


async def test_a_cache_of_nothing_still_answers() -> None:
    cache, store = ByteCache(0), Store()

    assert (await cache.get("a", lambda: store.read("a"))).body == b"a" * 100


async def test_closing_ends_the_loads() -> None:
    cache, store = ByteCache(1 << 20), Store()
    store.open.clear()
    asked = asyncio.create_task(cache.get("a", lambda: store.read("a")))
    await asyncio.sleep(0)

    await cache.close()

    with pytest.raises(asyncio.CancelledError):
        await asked
