"""Tags of any name, as iTunes keeps them in MP4; FFmpeg and most players read them."""

from collections.abc import Mapping
from typing import Final

from hls.boxes import box, full_box

_UTF_8: Final = 1  # type of the text


def user_data(tags: Mapping[str, str]) -> bytes:
    """Write the `udta` of a movie; nothing where there are no tags."""
    if not tags:
        return b""
    handler = full_box(b"hdlr", bytes(4), b"mdirappl", bytes(9))
    items = [_item(name, text) for name, text in tags.items()]
    return box(b"udta", full_box(b"meta", handler, box(b"ilst", *items)))


def _item(name: str, text: str) -> bytes:
    names = full_box(b"mean", b"com.apple.iTunes") + full_box(b"name", name.encode())
    return box(b"----", names, full_box(b"data", bytes(4), text.encode(), flags=_UTF_8))
