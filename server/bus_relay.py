"""Transient events between the HTTP children of one machine: child 0 passes each on to the others.

What may not be missed is read from the outbox, by every child for itself: here goes only the bell
that says so. A sibling that does not keep up is cut off and joins again; nobody waits for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from server.events import Bus, Event
from server.json import dumps
from server.listening import bind_unix

BACKLOG_BYTES = 4 * 1024**2  # unsent to one sibling
RETRY_SECONDS = 0.2
LINE_LIMIT = 1024**2

log = structlog.get_logger()


@asynccontextmanager
async def joined(bus: Bus, path: Path, *, hub: bool) -> AsyncIterator[None]:
    """Be part of the family's bus while inside."""
    exchange = Exchange(bus)
    bus.relays.append(exchange.send)
    async with asyncio.TaskGroup() as group:
        if hub:
            server = await asyncio.start_unix_server(
                exchange.attend, sock=bind_unix(path), limit=LINE_LIMIT
            )
            yield
            server.close()
            exchange.hang_up()
        else:
            task = group.create_task(_keep_joined(exchange, path))
            yield
            task.cancel()
    bus.relays.remove(exchange.send)


async def _keep_joined(exchange: Exchange, path: Path) -> None:
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_unix_connection(str(path), limit=LINE_LIMIT)
            await exchange.attend(reader, writer)
        await asyncio.sleep(RETRY_SECONDS)  # child 0 is being restarted


class Exchange:
    """The siblings that this child speaks with: all of them for child 0, child 0 for the others."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._siblings: set[asyncio.StreamWriter] = set()

    def send(self, topic: str, event: Event) -> None:
        self._pass_on(dumps([topic, event]) + b"\n", None)

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Receive from one sibling until it goes."""
        self._siblings.add(writer)
        try:
            async for line in reader:
                topic, event = json.loads(line)
                self._bus.deliver(topic, event, transient=True)
                self._pass_on(line, writer)
        except (OSError, ValueError) as error:
            log.warning("sibling lost", reason=repr(error))
        finally:
            self._siblings.discard(writer)
            writer.close()

    def hang_up(self) -> None:
        for sibling in tuple(self._siblings):
            sibling.close()

    def _pass_on(self, line: bytes, origin: asyncio.StreamWriter | None) -> None:
        for sibling in tuple(self._siblings):
            if sibling is origin:
                continue
            if sibling.transport.get_write_buffer_size() > BACKLOG_BYTES:
                sibling.transport.abort()
            else:
                sibling.write(line)
