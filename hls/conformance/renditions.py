"""Media playlists with what their addresses lead to, measured where it can be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urljoin

from hls.bandwidth import Weight
from hls.conformance.assertions import Finding
from hls.conformance.box_reader import BrokenBoxes
from hls.conformance.init_bytes import Header, read_header
from hls.conformance.playlist_text import PlaylistText, Tag
from hls.conformance.segment_bytes import MeasuredSegment, measure_segment

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Rendition:
    text: PlaylistText
    header: Header | None
    segments: tuple[MeasuredSegment, ...]  # all of the playlist, or none where one is broken
    broken: tuple[Finding, ...]

    @property
    def address(self) -> str:
        return self.text.address

    @property
    def weights(self) -> list[Weight]:
        return [Weight(segment.size, segment.duration) for segment in self.segments]


def load_rendition(text: PlaylistText, files: Mapping[str, bytes]) -> Rendition:
    broken: list[Finding] = []
    header = _load_header(text, files, broken)
    segments: list[MeasuredSegment] = []
    if header is not None:
        for entry in text.entries:
            address = urljoin(text.address, entry.uri)
            segment = _read(address, files, broken, _measuring(address, header))
            segments += [segment] if segment else []
    whole = tuple(segments) if len(segments) == len(text.entries) else ()
    return Rendition(text, header, whole, tuple(broken))


def map_tags(text: PlaylistText) -> Iterator[tuple[int, Tag]]:
    """Yield the EXT-X-MAP tags, each with the number of segments before it."""
    for before, entry in enumerate(text.entries):
        yield from ((before, tag) for tag in entry.tags if tag.name == "EXT-X-MAP")


def _load_header(
    text: PlaylistText, files: Mapping[str, bytes], broken: list[Finding]
) -> Header | None:
    uri = next((tag.attributes().get("URI") for _, tag in map_tags(text)), None)
    if uri is None:
        return None
    address = urljoin(text.address, uri)
    if address not in files:
        broken.append(Finding(9, address, "the init segment is not there"))
        return None
    return _read(address, files, broken, read_header)


def _read(
    address: str,
    files: Mapping[str, bytes],
    broken: list[Finding],
    reader: Callable[[bytes], _Read],
) -> _Read | None:
    if address not in files:
        broken.append(Finding(17, address, "nothing is there"))
        return None
    try:
        return reader(files[address])
    except BrokenBoxes as error:
        broken.append(Finding(19, address, str(error)))
        return None


def _measuring(address: str, header: Header) -> Callable[[bytes], MeasuredSegment]:
    return lambda data: measure_segment(address, data, header)
