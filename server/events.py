"""The in-process bus: what happens to a topic, told to those who watch it.

A slow watcher never slows a publisher. Its queue is bounded: transient events (peaks, percent) are
dropped oldest first; when only states are left in a full queue the subscription ends, and the
watcher subscribes again and starts from a fresh snapshot. No state is ever skipped in silence.

Other processes hear transient events from the relays, if there are any. What is not transient they
read from the outbox, where it was recorded with the change; the relays only say that there is news.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiohttp import web

from server.ids import new_id

Event: TypeAlias = dict[str, Any]
Relay: TypeAlias = Callable[[str, Event], None]  # of transient events, to other processes

NEWS = "outbox"  # the topic that says: another process recorded something


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event for the bus; a transient one may be dropped for a slow watcher."""

    topic: str
    event: Event
    transient: bool = False


BOUND = 256  # events; a watcher this far behind is told to start over


class Subscription:
    """One watcher's bounded queue; iterate over it to receive."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._events: deque[tuple[Event, bool]] = deque()
        self._arrived = asyncio.Event()
        self._closed = False

    def offer(self, event: Event, *, transient: bool) -> None:
        if self._closed:
            return
        if len(self._events) >= self._bound and not self._drop_oldest_transient():
            self.close()
            return
        self._events.append((event, transient))
        self._arrived.set()

    def close(self) -> None:
        """End the iteration after what is already queued."""
        self._closed = True
        self._arrived.set()

    def _drop_oldest_transient(self) -> bool:
        for index, (_event, transient) in enumerate(self._events):
            if transient:
                del self._events[index]
                return True
        return False

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        while not self._events:
            if self._closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._events.popleft()[0]


class Bus:
    """Topics by name, for example `track:{track_id}`."""

    def __init__(self, bound: int = BOUND) -> None:
        self._bound = bound
        self._topics: dict[str, set[Subscription]] = {}
        self.closed = False
        self.origin = new_id()  # names this process in the outbox
        self.relays: list[Relay] = []

    def publish(self, topic: str, event: Event, *, transient: bool = False) -> None:
        """Tell all watchers of `topic`; a transient event may be dropped for a slow one.

        Any other was recorded in the outbox before: that is where other processes find it.
        """
        self.deliver(topic, event, transient=transient)
        for relay in self.relays:
            if transient:
                relay(topic, event)
            else:
                relay(NEWS, {})

    def deliver(self, topic: str, event: Event, *, transient: bool) -> None:
        """Tell the watchers of this process only."""
        for subscription in self._topics.get(topic, ()):
            subscription.offer(event, transient=transient)

    @asynccontextmanager
    async def subscribe(
        self, topic: str, *, bound: int | None = None
    ) -> AsyncIterator[AsyncIterator[Event]]:
        """Watch `topic` from now on; the iterator ends when the server drains.

        Of a bell (an empty transient event) one is enough, however often it rang: bound=1.
        """
        subscription = Subscription(bound or self._bound)
        watchers = self._topics.setdefault(topic, set())
        watchers.add(subscription)
        if self.closed:
            subscription.close()
        try:
            yield subscription
        finally:
            watchers.discard(subscription)
            if not watchers:
                self._topics.pop(topic, None)

    def close(self) -> None:
        """End every subscription, so that streaming answers finish."""
        self.closed = True
        self.end_subscriptions()

    def end_subscriptions(self) -> None:
        """Have every watcher start over from a snapshot."""
        for watchers in self._topics.values():
            for subscription in watchers:
                subscription.close()


BUS = web.AppKey("bus", Bus)


async def rung(bell: AsyncIterator[Event], seconds: float) -> bool:
    """Wait for the bell or the time; False when the subscription ended."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            try:
                await anext(bell)
            except StopAsyncIteration:
                return False
    return True
