"""Where a list goes on: opaque to the client, and signed, so that nobody steers a query by it."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeVar

from server.errors import Fault, Invalid
from server.json import dumps

_SIGNATURE = 16  # bytes of the HMAC; a forged cursor would only move a page

T = TypeVar("T")
Position = tuple[int, str]  # a time in milliseconds, and what breaks a tie


class BadCursor(Invalid):
    """The cursor is not one of ours."""


def write(secret: bytes, position: Position) -> str:
    text = dumps(position)
    return base64.urlsafe_b64encode(_signature(secret, text) + text).rstrip(b"=").decode()


def read(secret: bytes, cursor: str) -> Position:
    """Return the position behind which the list goes on, or raise BadCursor."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raise _refusal() from None
    signature, text = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(secret, text)):
        raise _refusal()
    when, identifier = json.loads(text)
    return int(when), str(identifier)


def page(
    secret: bytes, found: Sequence[T], limit: int, place: Callable[[T], Position]
) -> tuple[Sequence[T], str | None]:
    """Cut a page from what was found, one more than wanted; return it and where it goes on."""
    shown = found[:limit]
    return shown, write(secret, place(shown[-1])) if len(found) > limit else None


def _signature(secret: bytes, text: bytes) -> bytes:
    return hmac.digest(secret, b"cursor\n" + text, sha256)[:_SIGNATURE]


def _refusal() -> BadCursor:
    return BadCursor(
        "This cursor is not one of ours.", [Fault("#/cursor", "take it from `next_cursor`")]
    )
