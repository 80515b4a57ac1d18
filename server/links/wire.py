"""What a link needs of the thing that carries it: Redis, or PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

CHANNEL = "houle"
CHECK_SECONDS = 10.0  # of silence, after which the other side is asked for a sign of life
PATIENCE = 5.0  # seconds for any answer

Hear: TypeAlias = Callable[[bytes | str], None]


class Line(Protocol):
    """A connection that stands. What goes wrong on it is one of its wire's faults."""

    async def listen(self) -> None:
        """Have each message heard; returns only by a fault."""

    async def say(self, message: bytes) -> None:
        """Send to everybody, ourselves too."""

    async def check(self) -> None:
        """Ask for a sign of life."""


class Wire(Protocol):
    """How to get a line."""

    name: str  # of the service in /health
    limit: int  # bytes of a message
    faults: tuple[type[Exception], ...]

    def connected(self, hear: Hear) -> AbstractAsyncContextManager[Line]:
        """Listen on CHANNEL while inside."""
