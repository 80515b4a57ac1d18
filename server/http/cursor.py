"""Where a list goes on: opaque to the client, and signed, so that nobody steers a query by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from server.errors import Fault, Invalid
from server.http import signed

_PURPOSE = "cursor"

T = TypeVar("T")
Position: TypeAlias = tuple[int, str]  # a time in milliseconds, and what breaks a tie


class BadCursor(Invalid):
    """The cursor is not one of ours."""


def write(secret: bytes, position: Position) -> str:
    return signed.write(secret, _PURPOSE, position)


def read(secret: bytes, cursor: str) -> Position:
    """Return the position behind which the list goes on, or raise BadCursor."""
    position = signed.read(secret, _PURPOSE, cursor)
    if position is None:
        raise BadCursor(
            "This cursor is not one of ours.", [Fault("#/cursor", "take it from `next_cursor`")]
        )
    when, identifier = position
    return int(when), str(identifier)


def page(
    secret: bytes, found: Sequence[T], limit: int, place: Callable[[T], Position]
) -> tuple[Sequence[T], str | None]:
    """Cut a page from what was found, one more than wanted; return it and where it goes on."""
    shown = found[:limit]
    return shown, write(secret, place(shown[-1])) if len(found) > limit else None
