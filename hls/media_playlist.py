"""Media playlists (RFC 8216, 4.3.3): values in, text out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor

from hls.attributes import one_line, quoted


class SegmentTooLong(ValueError):
    """A segment rounds to more than the playlist's target duration (RFC 8216, 4.3.3.1)."""


class PlaylistKind(StrEnum):
    VOD = "VOD"  # never changes
    EVENT = "EVENT"  # only grows


@dataclass(frozen=True, slots=True)
class Segment:
    uri: str
    duration: Fraction  # seconds

    def __post_init__(self) -> None:
        if not self.uri or one_line(self.uri).startswith("#"):
            raise ValueError(f"a player would not read {self.uri!r} as the address of a segment")
        if self.duration <= 0:
            raise ValueError(f"{self.uri} lasts {self.duration} s")

    def lines(self) -> Iterator[str]:
        yield f"#EXTINF:{seconds(self.duration)},"
        yield self.uri


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPlaylist:
    target_duration: int  # seconds; a field, since a growing playlist may not change it (6.2.1)
    init_uri: str
    segments: tuple[Segment, ...] = ()
    kind: PlaylistKind = PlaylistKind.VOD
    ended: bool = True
    media_sequence: int = 0

    def __post_init__(self) -> None:
        if self.kind is PlaylistKind.VOD and not self.ended:
            raise ValueError("a VOD playlist never changes, so it has its end (4.3.3.5)")
        for segment in self.segments:
            if floor(segment.duration + Fraction(1, 2)) > self.target_duration:
                raise SegmentTooLong(
                    f"{segment.uri} lasts {seconds(segment.duration)} s,"
                    f" the target is {self.target_duration} s"
                )

    def render(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "#EXTM3U"
        yield "#EXT-X-VERSION:6"  # the lowest that allows EXT-X-MAP here (section 7)
        yield f"#EXT-X-TARGETDURATION:{self.target_duration}"
        yield f"#EXT-X-MEDIA-SEQUENCE:{self.media_sequence}"
        yield f"#EXT-X-PLAYLIST-TYPE:{self.kind}"
        yield "#EXT-X-INDEPENDENT-SEGMENTS"
        if not self.ended:
            yield "#EXT-X-START:TIME-OFFSET=0"  # or players begin near the end, as if it were live
        yield f"#EXT-X-MAP:URI={quoted(self.init_uri)}"
        for segment in self.segments:
            yield from segment.lines()
        if self.ended:
            yield "#EXT-X-ENDLIST"


def seconds(duration: Fraction) -> str:
    """Write a duration to the nearest microsecond, in as few digits as say that."""
    whole, micro = divmod(round(duration * 1_000_000), 1_000_000)
    return f"{whole}.{micro:06d}".rstrip("0").rstrip(".")
