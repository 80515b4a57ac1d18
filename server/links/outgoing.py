"""What is to be said: a bounded queue, sent in batches, a bell at most once in each."""

from __future__ import annotations

import asyncio
from collections import deque

from server.events import Event
from server.json import dumps
from server.metrics import LINK_DROPPED

MOST = 1024  # events that wait; the oldest is dropped first


class Outgoing:
    """Events for other machines; one that is too large for the wire is dropped."""

    def __init__(self, family: str, limit: int) -> None:
        self._head = b"[" + dumps(family) + b",["
        self._room = limit - len(self._head) - len(b"]]")
        self._events: deque[bytes] = deque()
        self._arrived = asyncio.Event()

    def add(self, topic: str, event: Event) -> None:
        said = dumps([topic, event])
        if not event and said in self._events:  # a bell that nobody could hear yet
            return
        if len(said) > self._room:
            LINK_DROPPED.inc()
            return
        if len(self._events) >= MOST:
            self._events.popleft()
            LINK_DROPPED.inc()
        self._events.append(said)
        self._arrived.set()

    def forget(self) -> None:
        """Drop what waits: by now it is old news."""
        LINK_DROPPED.inc(len(self._events))
        self._events.clear()

    async def batch(self) -> bytes:
        """Wait for something to say; return as much of it as one message holds."""
        while not self._events:
            self._arrived.clear()
            await self._arrived.wait()
        said = [self._events.popleft()]
        size = len(said[0])
        while self._events and size + 1 + len(self._events[0]) <= self._room:
            said.append(self._events.popleft())
            size += 1 + len(said[-1])
        return self._head + b",".join(said) + b"]]"
