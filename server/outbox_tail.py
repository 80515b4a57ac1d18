"""What other processes recorded in the outbox, told to the watchers of this one.

It reads when the bell rings (`NEWS`, by a relay), and every 2 s in case nobody could ring. What is
told here goes no further: every process has a tail of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import structlog
from aiohttp import web

from server import outbox
from server.beside import beside
from server.database import DATABASE, Database
from server.events import BUS, NEWS, Bus, rung

POLL_SECONDS = 2.0
REST_SECONDS = 0.02  # between two looks, however often the bell rings
PAGE = 500  # rows of one look
LATE_MS = 15_000  # a transaction is over long before
MOST_MISSING = 1000
FRESH = 100  # below the newest id, when it begins: as many may still be on their way
AWAY_MS = outbox.KEPT_MS // 2  # after so long without a look, rows may have been pruned unread

log = structlog.get_logger()


class Position:
    """How far the outbox was read: up to an id, but for those below it that may still come.

    PostgreSQL gives ids out before the commit, so that a smaller one may show up later. One that
    is missed for longer than any transaction lasts was rolled back. Of more than MOST_MISSING the
    oldest are given up.
    """

    def __init__(self, at: int, ids: Sequence[int]) -> None:
        self.at = at
        self.last = max(0, ids[-1] - FRESH) if ids else 0
        self._missing: dict[int, int] = {}  # since when, oldest first
        self.advance(at, ids)

    @property
    def missing(self) -> list[int]:
        return list(self._missing)

    def advance(self, at: int, ids: Sequence[int]) -> None:
        """Note what was read, in the order of ids."""
        self.at = at
        for each in ids:
            if each <= self.last:
                self._missing.pop(each, None)
                continue
            skipped = range(max(self.last + 1, each - MOST_MISSING), each)
            self._missing.update(dict.fromkeys(skipped, at))
            self.last = each
        for each, since in tuple(self._missing.items()):
            if since >= at - LATE_MS and len(self._missing) <= MOST_MISSING:
                break
            del self._missing[each]


class Tail:
    """Reads on from where it was; a process that was away for too long begins anew."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._position: Position | None = None

    async def follow(self) -> None:
        """Read whenever there may be news, until the bus is closed."""
        while not self._bus.closed:
            async with self._bus.subscribe(NEWS, bound=1) as bell:
                listening = True
                while listening:
                    await self.look()
                    await asyncio.sleep(REST_SECONDS)
                    listening = await rung(bell, POLL_SECONDS)

    async def look(self) -> None:
        """Tell what is new; a database that is away is asked again later."""
        try:
            if self._position is None:
                await self._begin()
            else:
                await self._tell(self._position)
        except Exception:
            log.exception("the outbox could not be read")

    async def _begin(self) -> None:
        """Begin with what is recorded from now on; who watched before starts over."""
        at, ids = await self._database.read(outbox.newest, FRESH)
        self._position = Position(at, ids)
        self._bus.end_subscriptions()

    async def _tell(self, position: Position) -> None:
        full = True
        while full:
            page = await self._database.read(
                outbox.behind, position.last, position.missing, limit=PAGE
            )
            if (away := page.at - position.at) > AWAY_MS:
                log.warning("the outbox was not read for too long", milliseconds=away)
                await self._begin()
                return
            for row in page.rows:
                if row.origin != self._bus.origin:
                    self._bus.deliver(row.topic, row.event, transient=False)
            position.advance(page.at, [row.id for row in page.rows])
            full = len(page.rows) == PAGE


async def running(app: web.Application) -> AsyncIterator[None]:
    """Follow the outbox beside the requests, from before the first one."""
    tail = Tail(app[DATABASE], app[BUS])
    await tail.look()
    async with beside(tail.follow(), "outbox-tail"):
        yield
