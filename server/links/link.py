"""One process's link to the others: it is made again whenever it breaks, and nothing waits for it.

It carries what may be lost: transient events, and the bells that say that there is something to
claim or to read. While it is broken, everybody asks the database now and then.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from server.beside import beside
from server.database import direct_options
from server.events import BUS, Bus, Event
from server.http.health import HEALTH, State
from server.links.outgoing import Outgoing
from server.links.postgresql import PostgresqlWire
from server.links.redis import RedisWire
from server.links.wire import CHECK_SECONDS, PATIENCE, Line, Wire
from server.settings import SETTINGS, Settings

REST_SECONDS = 0.01  # between two messages, so that a rush makes few of them
FIRST_PAUSE = 0.2  # seconds before the next try; doubled each time
LONGEST_PAUSE = 5.0

log = structlog.get_logger()


@asynccontextmanager
async def joined(app: web.Application, *, family: str) -> AsyncIterator[None]:
    """Be linked while inside, where the settings say by what.

    The processes of one `family` hear each other by other means, and pass over its messages.
    """
    wire = _wire(app[SETTINGS])
    if wire is None:
        yield
        return
    bus = app[BUS]
    link = Link(bus, wire, family)
    app[HEALTH].register(wire.name, link.state)
    bus.relays.append(link.send)
    async with beside(link.keep(), "link"):
        try:
            yield
        finally:
            bus.relays.remove(link.send)
            link.close()


def _wire(settings: Settings) -> Wire | None:
    if settings.redis_url is not None:
        return RedisWire(settings.redis_url)
    options = direct_options(settings.database_url)
    return None if options is None else PostgresqlWire(options)


class Link:
    """Speaks and listens on one line after the other."""

    def __init__(self, bus: Bus, wire: Wire, family: str) -> None:
        self._bus = bus
        self._wire = wire
        self._family = family
        self._outgoing = Outgoing(family, wire.limit)
        self._stands = False
        self._pause = FIRST_PAUSE
        self._closed = False

    async def state(self) -> State:
        return State.UP if self._stands else State.DEGRADED

    def send(self, topic: str, event: Event) -> None:
        if self._stands:
            self._outgoing.add(topic, event)

    def close(self) -> None:
        """Do not go on, even if a fault should come in the way of the cancellation."""
        self._closed = True

    async def keep(self) -> None:
        """Stay linked until closed and cancelled."""
        while not self._closed:
            try:
                await self._live()
            except* self._wire.faults as broken:
                self._note(broken)
            except* Exception:
                log.exception("the link failed", link=self._wire.name)
            self._stands = False
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    async def _live(self) -> None:
        """Use one line until it breaks."""
        async with self._wire.connected(self._hear) as line, asyncio.TaskGroup() as group:
            log.info("linked", link=self._wire.name)
            self._outgoing.forget()
            self._stands, self._pause = True, FIRST_PAUSE
            group.create_task(line.listen())
            group.create_task(self._speak(line))

    async def _speak(self, line: Line) -> None:
        while not self._closed:
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    message = await self._outgoing.batch()
            except TimeoutError:
                message = None
            async with asyncio.timeout(PATIENCE):
                if message is None:
                    await line.check()
                else:
                    await line.say(message)
            await asyncio.sleep(REST_SECONDS)

    def _hear(self, message: bytes | str) -> None:
        try:
            family, events = json.loads(message)
            if family == self._family:
                return
            for topic, event in events:
                self._bus.deliver(str(topic), dict(event), transient=True)
        except (ValueError, TypeError) as error:
            log.warning("a message that is not ours", link=self._wire.name, reason=repr(error))

    def _note(self, broken: BaseExceptionGroup[Exception]) -> None:
        """Say once that the link is gone, not at every try to make it again."""
        if self._stands or self._pause == FIRST_PAUSE:
            log.warning("link lost", link=self._wire.name, reason=_words(_first(broken)))


def _first(broken: BaseException) -> BaseException:
    while isinstance(broken, BaseExceptionGroup):
        broken = broken.exceptions[0]
    return broken


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
