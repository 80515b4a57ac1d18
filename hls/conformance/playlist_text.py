"""Playlists read back, without judging them: what is missing or broken is None or left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hls.attributes import BrokenAttributes, parse_attributes

_DECIMAL = re.compile(r"\d{1,18}(\.\d{0,18})?", re.ASCII)
_INTEGER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tag:
    name: str  # without the number sign
    value: str

    def attributes(self) -> dict[str, str]:
        """Read the attribute list, or an empty one where it cannot be read."""
        try:
            return parse_attributes(self.value)
        except BrokenAttributes:
            return {}


@dataclass(frozen=True, slots=True)
class Entry:
    """An address in a playlist, under the tags that stand since the one before it."""

    uri: str
    tags: tuple[Tag, ...]

    def tag(self, name: str) -> Tag | None:
        return next((tag for tag in self.tags if tag.name == name), None)

    @property
    def seconds(self) -> Fraction | None:
        """The EXTINF of a segment."""
        extinf = self.tag("EXTINF")
        number = extinf.value.partition(",")[0] if extinf else ""
        return Fraction(Decimal(number)) if _DECIMAL.fullmatch(number) else None


@dataclass(frozen=True, slots=True)
class PlaylistText:
    address: str
    lines: tuple[str, ...]
    tags: tuple[Tag, ...]
    entries: tuple[Entry, ...]

    def values(self, name: str) -> list[str]:
        return [tag.value for tag in self.tags if tag.name == name]

    def number(self, name: str) -> int | None:
        numbers = (whole_number(value) for value in self.values(name))
        return next((number for number in numbers if number is not None), None)

    @property
    def target_duration(self) -> int | None:
        return self.number("EXT-X-TARGETDURATION")

    @property
    def is_multivariant(self) -> bool:
        return bool(self.values("EXT-X-STREAM-INF"))


def whole_number(text: str) -> int | None:
    """Read a decimal-integer, if the text is one."""
    return int(text) if _INTEGER.fullmatch(text) else None


def read_playlist(address: str, body: bytes) -> PlaylistText:
    lines = tuple(body.decode("utf-8-sig", errors="replace").splitlines())
    entries = tuple(_entries(lines))
    tags = tuple(_tag(line) for line in lines if line.startswith("#EXT"))
    return PlaylistText(address, lines, tags, entries)


def _entries(lines: tuple[str, ...]) -> Iterator[Entry]:
    tags: list[Tag] = []
    for line in lines:
        if line.startswith("#EXT"):
            tags.append(_tag(line))
        elif line.strip() and not line.startswith("#"):
            yield Entry(line, tuple(tags))
            tags = []


def _tag(line: str) -> Tag:
    name, _, value = line[1:].partition(":")
    return Tag(name, value)
