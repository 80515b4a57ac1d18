"""LISTEN and NOTIFY on one connection of the process's own, past any pooler.

NOTIFY never is part of a change's transaction: PostgreSQL commits those that notify one after the
other. A payload holds less than 8000 bytes; what does not fit is dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from server.links.wire import CHANNEL, PATIENCE, Hear, Line


class PostgresqlWire:
    """By the database's own server."""

    name = "link"
    limit = 7900
    faults: tuple[type[Exception], ...] = (
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = {**options, "server_settings": {"application_name": "houle link"}}

    @asynccontextmanager
    async def connected(self, hear: Hear) -> AsyncIterator[Line]:
        connection = await asyncpg.connect(**self._options)
        try:
            line = _Line(connection)
            async with asyncio.timeout(PATIENCE):
                await connection.add_listener(CHANNEL, lambda *told: hear(told[-1]))
            yield line
        finally:
            with suppress(*self.faults):
                await connection.close(timeout=PATIENCE)


class _Line:
    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._ended = asyncio.Event()
        connection.add_termination_listener(lambda _connection: self._ended.set())

    async def listen(self) -> None:
        await self._ended.wait()
        raise ConnectionResetError("PostgreSQL ended the connection")

    async def say(self, message: bytes) -> None:
        await self._connection.execute("SELECT pg_notify($1, $2)", CHANNEL, message.decode())

    async def check(self) -> None:
        await self._connection.execute("SELECT 1")
