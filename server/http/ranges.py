"""Which bytes a Range header asks for (RFC 9110, 14). Pure: text and a length in, bounds out."""

from __future__ import annotations

import re
from typing import NamedTuple

_UNIT = re.compile(r"\s*bytes\s*=(?P<set>.*)", re.IGNORECASE | re.DOTALL)
_SPEC = re.compile(r"(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")


class Unsatisfiable(Exception):
    """Nothing of the object lies in the range; the answer is 416."""


class Span(NamedTuple):
    """The bytes [start, stop)."""

    start: int
    stop: int


def requested(header: str | None, size: int) -> Span | None:
    """Return the bytes to answer with, None for all of them.

    Other units and what is no range set are ignored, as 14.2 allows. So are several ranges at
    once: one may always answer with the whole, and no player needs them.
    """
    unit = _UNIT.fullmatch(header or "")
    if unit is None:
        return None
    specs = [text.strip(" \t") for text in unit["set"].split(",") if text.strip(" \t")]
    found = _SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["first"]:
        return _suffix(int(found["last"]), size)
    return _from(int(found["first"]), int(found["last"]) if found["last"] else None, size)


def _from(first: int, last: int | None, size: int) -> Span | None:
    if last is not None and last < first:
        return None  # invalid, not unsatisfiable (14.1.1)
    if first >= size:
        raise Unsatisfiable
    return Span(first, size if last is None else min(last + 1, size))


def _suffix(length: int, size: int) -> Span:
    if length == 0 or size == 0:
        raise Unsatisfiable
    return Span(max(0, size - length), size)
