"""Attribute lists of playlist tags (RFC 8216, 4.2), written and read."""

import re
from collections.abc import Iterable

_PAIR = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s][^,\s]*)(?:,|$)')


class Unquotable(ValueError):
    """A text holds what a playlist cannot carry: a double quote or the end of a line."""


class BrokenAttributes(ValueError):
    """A text is no attribute list."""


def quoted(text: str) -> str:
    """Write the text as a quoted-string."""
    return f'"{one_line(text)}"'


def one_line(text: str) -> str:
    """Return the text as it is, if it fits between quotes in a line of a playlist."""
    if any(mark in text for mark in '"\r\n'):
        raise Unquotable(f"a playlist cannot carry {text!r}")
    return text


def render_attributes(pairs: Iterable[tuple[str, str | int | None]]) -> str:
    """Write the pairs in the given order, without those whose value is None."""
    return ",".join(f"{name}={value}" for name, value in pairs if value is not None)


def parse_attributes(text: str) -> dict[str, str]:
    """Read the pairs of an attribute list, quotes taken off."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        pair = _PAIR.match(text, position)
        if pair is None:
            raise BrokenAttributes(f"no attribute at {text[position : position + 40]!r}")
        if pair[1] in found:
            raise BrokenAttributes(f"{pair[1]} twice")
        found[pair[1]] = pair[2].strip('"')
        position = pair.end()
    return found
