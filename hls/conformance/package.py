"""The whole of what a player would fetch, handed in, and all assertions over it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from hls.conformance.assertions import Finding
from hls.conformance.media_rules import Source, check_agreement, check_media
from hls.conformance.playlist_text import PlaylistText, read_playlist
from hls.conformance.renditions import Rendition, load_rendition
from hls.conformance.text_rules import check_encoding, check_media_text, check_tags
from hls.conformance.variant_rules import (
    StatedVariant,
    check_choice,
    check_independence,
    check_variant,
)


@dataclass(frozen=True, slots=True)
class Package:
    """Bodies by address; playlists lead from one to the next as their URIs say.

    Addresses are what `urljoin` makes of them: relative paths with their query, or whole URLs.
    """

    entries: tuple[str, ...]  # where players begin: multivariant or single media playlists
    files: Mapping[str, bytes]
    source: Source | None = None


@dataclass(slots=True)
class _Visited:
    variants: list[StatedVariant] = field(default_factory=list)
    renditions: dict[str, Rendition] = field(default_factory=dict)


def check(package: Package) -> list[Finding]:
    """Make every assertion; an empty list is what a package of ours should give."""
    visited = _Visited()
    findings: list[Finding] = []
    for entry in package.entries:
        findings += _check_entry(entry, package, visited)
    findings += check_choice(visited.variants)
    findings += check_agreement(list(visited.renditions.values()))
    return findings


def _check_entry(entry: str, package: Package, visited: _Visited) -> Iterator[Finding]:
    yield from _check_playlist(entry, package)
    if entry not in package.files:
        return
    text = read_playlist(entry, package.files[entry])
    if not text.is_multivariant:
        yield from _check_rendition(entry, None, package, visited)
        return
    for line in text.entries:
        tag = line.tag("EXT-X-STREAM-INF")
        address = urljoin(entry, line.uri)
        variant = StatedVariant(entry, address, tag.attributes() if tag else {})
        visited.variants.append(variant)
        if address not in visited.renditions:
            yield from _check_playlist(address, package)
            yield from _check_rendition(address, text, package, visited)
        yield from check_variant(variant, visited.renditions.get(address))


def _check_playlist(address: str, package: Package) -> Iterator[Finding]:
    if address not in package.files:
        yield Finding(17, address, "nothing is there")
        return
    yield from check_encoding(address, package.files[address])
    yield from check_tags(read_playlist(address, package.files[address]))


def _check_rendition(
    address: str, multivariant: PlaylistText | None, package: Package, visited: _Visited
) -> Iterator[Finding]:
    if address not in package.files or address in visited.renditions:
        return
    rendition = load_rendition(read_playlist(address, package.files[address]), package.files)
    visited.renditions[address] = rendition
    yield from check_media_text(rendition.text)
    yield from check_independence(multivariant, rendition.text)
    yield from rendition.broken
    yield from check_media(rendition, package.source)
