"""Boxes read back from bytes that may be anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import error as StructError  # noqa: N812 - the module's own name says nothing
from struct import unpack_from
from typing import Any


class BrokenBoxes(ValueError):
    """The bytes are not what the file format asks for here."""


@dataclass(frozen=True, slots=True)
class Box:
    kind: str
    payload: bytes


def read_boxes(data: bytes, start: int = 0) -> Iterator[Box]:
    """Yield the boxes that fill `data` from `start` on, to its last byte."""
    while start < len(data):
        size, kind = fields(">I4s", data, start)
        head = 8
        if size == 1:  # the size did not fit in 32 bits
            (size,) = fields(">Q", data, start + 8)
            head = 16
        end = start + size if size else len(data)
        name = kind.decode("latin-1")
        if not start + head <= end <= len(data):
            raise BrokenBoxes(f"box {name!r} says {size} bytes, {len(data) - start} are there")
        yield Box(name, data[start + head : end])
        start = end


def find(data: bytes, *path: str) -> bytes:
    """Return the payload of the first box at this path."""
    found = find_or_none(data, *path)
    if found is None:
        raise BrokenBoxes(f"no {'/'.join(path)}")
    return found


def find_or_none(data: bytes, *path: str) -> bytes | None:
    """Return the payload of the first box at this path, or None where a step is missing."""
    inside: bytes | None = data
    for kind in path:
        boxes = read_boxes(inside or b"")
        inside = next((box.payload for box in boxes if box.kind == kind), None)
    return inside


def fields(form: str, data: bytes, start: int = 0) -> tuple[Any, ...]:
    """Read numbers in the notation of `struct`, if there are bytes enough."""
    try:
        return unpack_from(form, data, start)
    except StructError as short:
        raise BrokenBoxes(f"{max(0, len(data) - start)} bytes, too few for {form}") from short


def flags_of(full_box: bytes) -> int:
    """Read the flags of a box that begins with a version and 24 flags."""
    return int(fields(">I", full_box)[0]) & 0xFFFFFF
