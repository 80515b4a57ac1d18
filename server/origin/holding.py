"""Requests for segments that are promised and not made yet: held until they are there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from aiohttp import web

from server.errors import Unavailable
from server.events import BUS, Bus
from server.origin.hearing import MediaNotFound
from server.tracks import Stage, topic
from storage import ObjectNotFound

HOLD_SECONDS = 10.0  # players give up at about this time, and try again
POLL_SECONDS = 0.1  # for what another process made without a word
MOST = 256  # requests held at a time

T = TypeVar("T")


class NotMadeYet(Unavailable):
    """The segment will come; ask again."""


class Holds:
    """Counts the requests that are held."""

    def __init__(self, bus: Bus, *, seconds: float = HOLD_SECONDS, most: int = MOST) -> None:
        self._bus = bus
        self.seconds = seconds
        self.most = most
        self._held = 0

    async def until_there(self, track_id: str, read: Callable[[], Awaitable[T]]) -> T:
        """Return what `read` returns as soon as it finds its object; NotMadeYet after a while."""
        if self._held >= self.most:
            raise NotMadeYet("Too many wait already. Ask again.")
        self._held += 1
        try:
            async with asyncio.timeout(self.seconds), self._bus.subscribe(topic(track_id)) as news:
                while True:
                    with suppress(ObjectNotFound):
                        return await read()
                    await _news(news)
        except TimeoutError:
            raise NotMadeYet("This segment is still being made.") from None
        finally:
            self._held -= 1


async def _news(events: AsyncIterator[dict[str, Any]]) -> None:
    """Wait for word of the track, a short while at most."""
    with suppress(TimeoutError):
        async with asyncio.timeout(POLL_SECONDS):
            try:
                event = await anext(events)
            except StopAsyncIteration:
                raise NotMadeYet("The server is about to stop. Ask again.") from None
            if event["type"] in {"gone", "partial"} or event.get("stage") == Stage.FAILED:
                raise MediaNotFound("This segment will not be made.")


HOLDS = web.AppKey("holds", Holds)


def holds_of(app: web.Application) -> Holds:
    return Holds(app[BUS])
