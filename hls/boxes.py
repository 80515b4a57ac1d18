"""Boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2), as bytes."""

from struct import pack


def box(kind: bytes, *payload: bytes) -> bytes:
    """Write a box: its size, its four letters, its payload."""
    return b"".join((pack(">I4s", 8 + sum(map(len, payload)), kind), *payload))


def full_box(kind: bytes, *payload: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Write a box that begins with a version and 24 flags."""
    return box(kind, pack(">I", version << 24 | flags), *payload)


def descriptor(tag: int, *payload: bytes) -> bytes:
    """Write a descriptor of MPEG-4 Systems, as `esds` holds them (ISO/IEC 14496-1, 8.3.3)."""
    size = sum(map(len, payload))
    if size > 0x7F:  # one byte of length carries seven bits
        raise ValueError(f"a descriptor of {size} bytes: none of ours comes near 127")
    return b"".join((bytes((tag, size)), *payload))
