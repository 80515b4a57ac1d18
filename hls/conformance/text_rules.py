"""Assertions 1 to 6, 9, and the first half of 10: over the text of one playlist."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import floor

from hls.attributes import BrokenAttributes, parse_attributes
from hls.conformance.assertions import Finding
from hls.conformance.playlist_text import PlaylistText, Tag
from hls.conformance.renditions import map_tags

_SINGLETONS = frozenset(
    {
        "EXTM3U",
        "EXT-X-VERSION",
        "EXT-X-TARGETDURATION",
        "EXT-X-MEDIA-SEQUENCE",
        "EXT-X-DISCONTINUITY-SEQUENCE",
        "EXT-X-PLAYLIST-TYPE",
        "EXT-X-I-FRAMES-ONLY",
        "EXT-X-INDEPENDENT-SEGMENTS",
        "EXT-X-START",
        "EXT-X-ENDLIST",
    }
)
_WITH_ATTRIBUTES = frozenset(
    {
        "EXT-X-MAP",
        "EXT-X-KEY",
        "EXT-X-START",
        "EXT-X-MEDIA",
        "EXT-X-STREAM-INF",
        "EXT-X-I-FRAME-STREAM-INF",
    }
)
_NEEDS = {
    "EXT-X-BYTERANGE": 4,
    "EXT-X-I-FRAMES-ONLY": 4,
    "EXT-X-MAP": 6,
    "EXT-X-DEFINE": 8,
    "EXT-X-SKIP": 9,
}
_OF_MEDIA = frozenset({"EXTINF", "EXT-X-TARGETDURATION", "EXT-X-MAP", "EXT-X-ENDLIST"})


def check_encoding(address: str, body: bytes) -> Iterator[Finding]:
    if body.startswith(b"\xef\xbb\xbf"):
        yield Finding(1, address, "it begins with a byte order mark")
    elif body.splitlines()[:1] != [b"#EXTM3U"]:
        yield Finding(1, address, "the first line is not #EXTM3U")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        yield Finding(1, address, f"not UTF-8: {error.reason} at byte {error.start}")


def check_tags(text: PlaylistText) -> Iterator[Finding]:
    counts = Counter(tag.name for tag in text.tags)
    for name in sorted(_SINGLETONS & counts.keys()):
        if counts[name] > 1:
            yield Finding(2, text.address, f"{name} stands {counts[name]} times")
    version = text.number("EXT-X-VERSION") or 1
    needed = max((_version_for(tag) for tag in text.tags), default=1)
    if version < needed:
        yield Finding(2, text.address, f"VERSION {version} where its tags need {needed}")
    if text.is_multivariant and _OF_MEDIA & counts.keys():
        yield Finding(2, text.address, "tags of a multivariant and of a media playlist in one")
    for tag in text.tags:
        yield from _check_attributes(text.address, tag)


def check_media_text(text: PlaylistText) -> Iterator[Finding]:
    yield from _check_durations(text)
    last = text.entries[-1].seconds if len(text.entries) > 1 else None
    if last is not None and last < 1:
        yield Finding(5, text.address, f"the last segment lasts {float(last):.3f} s")
    if text.values("EXT-X-PLAYLIST-TYPE") == ["VOD"] and not text.values("EXT-X-ENDLIST"):
        yield Finding(6, text.address, "PLAYLIST-TYPE:VOD without ENDLIST")
    if not any(before == 0 for before, _ in map_tags(text)):
        yield Finding(9, text.address, "no EXT-X-MAP before the first segment")


def _check_durations(text: PlaylistText) -> Iterator[Finding]:
    target = text.target_duration
    if target is None:
        yield Finding(2, text.address, "no TARGETDURATION")
    for entry in text.entries:
        seconds = entry.seconds
        if seconds is None:
            yield Finding(2, text.address, f"{entry.uri} has no EXTINF that is a number")
        elif target is not None and floor(seconds + Fraction(1, 2)) > target:
            yield Finding(3, text.address, f"{entry.uri}: {float(seconds):.3f} s over {target} s")
        if seconds is not None and target is not None and seconds > target + Fraction(1, 2):
            yield Finding(4, text.address, f"{entry.uri}: {float(seconds):.3f} s over {target} s")


def _check_attributes(address: str, tag: Tag) -> Iterator[Finding]:
    if tag.name in _WITH_ATTRIBUTES:
        try:
            parse_attributes(tag.value)
        except BrokenAttributes as error:
            yield Finding(2, address, f"{tag.name}: {error}")


def _version_for(tag: Tag) -> int:
    """Return the protocol version in which the tag may stand as it does (RFC 8216, 7)."""
    match tag.name:
        case "EXTINF":
            return 3 if "." in tag.value.partition(",")[0] else 1
        case "EXT-X-KEY":
            attributes = tag.attributes()
            formatted = attributes.keys() & {"KEYFORMAT", "KEYFORMATVERSIONS"}
            return 5 if formatted else 2 if "IV" in attributes else 1
        case name:
            return _NEEDS.get(name, 1)
