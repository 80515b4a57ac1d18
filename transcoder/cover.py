"""Takes the attached picture of a file as it is, without decoding it."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.stream import AttachmentStream, Disposition
from av.video.stream import VideoStream

from transcoder.package import publish
from transcoder.probe import open_source

NAME: Final = "cover"
_LARGEST = 10_000_000  # bytes
_MAGIC: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_PACKETS = 64  # libav gives attached pictures before anything else


def take(path: str, container: str, output: Path) -> str | None:
    """Write the first picture that a browser can show, and return its media type."""
    with open_source(path, container) as media:
        for picture in _pictures(media):
            kind = next((kind for magic, kind in _MAGIC.items() if picture.startswith(magic)), None)
            if kind and len(picture) <= _LARGEST:
                publish(output / NAME, picture)
                return kind
    return None


def _pictures(media: InputContainer) -> Iterator[bytes]:
    for stream in media.streams:
        if isinstance(stream, AttachmentStream):
            yield bytes(stream.data)
    attached = tuple(
        stream for stream in media.streams.video if stream.disposition & Disposition.attached_pic
    )
    if attached:
        yield from _packets(media, attached)


def _packets(media: InputContainer, attached: tuple[VideoStream, ...]) -> Iterator[bytes]:
    try:
        for packet in islice(media.demux(attached), _PACKETS):
            yield bytes(packet)
    except av.error.FFmpegError:
        return  # a damaged picture is no reason to refuse the sound
