"""Whether a request wants the object, a part of it, or only to know that it is unchanged.

The order is that of RFC 9110, 13.2.2. We send no dates, so a condition on a date never holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import TypeAlias

from aiohttp import ETag, web

from server.http.ranges import Span, Unsatisfiable, requested


class Verdict(Enum):
    WHOLE = auto()
    NOT_MODIFIED = auto()
    FAILED = auto()
    UNSATISFIABLE = auto()


Decision: TypeAlias = Verdict | Span


def decide(request: web.Request, etag: str, size: int) -> Decision:
    """Judge the request against an object with this strong ETag."""
    wanted = request.if_match
    if wanted is not None and not _names(wanted, etag):
        return Verdict.FAILED
    known = request.if_none_match
    if known is not None and any(tag.value in {"*", etag} for tag in known):
        return Verdict.NOT_MODIFIED  # compared weakly: 13.1.2
    if request.method != "GET" or not _range_holds(request, etag):
        return Verdict.WHOLE  # 14.2: no other method has ranges
    try:
        return requested(request.headers.get("Range"), size) or Verdict.WHOLE
    except Unsatisfiable:
        return Verdict.UNSATISFIABLE


def _names(tags: Iterable[ETag], etag: str) -> bool:
    """If-Match compares strongly (13.1.1)."""
    return any(tag.value in {"*", etag} and not tag.is_weak for tag in tags)


def _range_holds(request: web.Request, etag: str) -> bool:
    """If-Range compares strongly; after any other value the whole is sent (13.1.5)."""
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip() == f'"{etag}"'
