"""Objects kept in memory, the least recently used dropped first; each is loaded once at a time."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from server.settings import SETTINGS

LARGEST = 8 * 1024**2  # bytes; what is larger is answered with, and not kept
OVERHEAD = 500  # bytes of an entry beside its body, about
HASHED_INLINE = 256 * 1024  # bytes; more are hashed in a thread

Load = Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Object:
    """The bytes and the hash of them that serves as ETag: the same in every process."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> Object:
        return cls(body, hashlib.sha256(body).hexdigest()[:32])


class ByteCache:
    """Bounded by bytes. Callers that want the same at the same time share one load."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._objects: OrderedDict[str, Object] = OrderedDict()
        self._loads: dict[str, asyncio.Task[Object]] = {}

    async def get(self, key: str, load: Load) -> Object:
        """Return the object, loaded if need be; what `load` raises comes out of here."""
        found = self._objects.get(key)
        if found is not None:
            self._objects.move_to_end(key)
            return found
        task = self._loads.get(key)
        if task is None:
            task = asyncio.create_task(self._load(key, load), name=f"load {key}")
            self._loads[key] = task
            task.add_done_callback(_looked_at)
        await asyncio.wait({task})  # a caller that goes away does not take the others' load along
        return task.result()

    async def close(self) -> None:
        """End the loads."""
        loads = set(self._loads.values())
        for task in loads:
            task.cancel()
        if loads:
            await asyncio.wait(loads)

    async def _load(self, key: str, load: Load) -> Object:
        try:
            body = await load()
            if len(body) <= HASHED_INLINE:
                made = Object.of(body)
            else:
                made = await asyncio.to_thread(Object.of, body)
            self._keep(key, made)
            return made
        finally:
            del self._loads[key]

    def _keep(self, key: str, made: Object) -> None:
        size = len(made.body) + OVERHEAD
        if len(made.body) > LARGEST or size > self._limit:
            return
        self._objects[key] = made
        self._size += size
        while self._size > self._limit:
            _, dropped = self._objects.popitem(last=False)
            self._size -= len(dropped.body) + OVERHEAD


CACHE = web.AppKey("byte_cache", ByteCache)


async def opened(app: web.Application) -> AsyncIterator[None]:
    """End the loads with the application."""
    yield
    await app[CACHE].close()


def cache_of(app: web.Application) -> ByteCache:
    return ByteCache(int(app[SETTINGS].cache_bytes))


def _looked_at(task: asyncio.Task[Object]) -> None:
    """A load whose callers all went away may fail without a word."""
    if not task.cancelled():
        task.exception()
