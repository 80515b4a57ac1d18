"""Multivariant playlists of sound (RFC 8216, 4.3.4): values in, text out."""

from collections.abc import Iterator
from dataclasses import dataclass

from hls.attributes import one_line, quoted, render_attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    uri: str
    bandwidth: int  # bits per second at the peak, as hls/bandwidth.py measures it
    average_bandwidth: int
    codecs: str
    name: str | None = None  # not of the RFC: hls.js shows it in its menu, others skip it

    def __post_init__(self) -> None:
        if not self.uri or one_line(self.uri).startswith("#"):
            raise ValueError(f"a player would not read {self.uri!r} as the address of a playlist")
        if not 0 < self.average_bandwidth <= self.bandwidth:
            raise ValueError(
                f"{self.uri}: an average of {self.average_bandwidth} bit/s"
                f" under a peak of {self.bandwidth} bit/s"
            )

    def lines(self) -> Iterator[str]:
        attributes = render_attributes(
            (
                ("BANDWIDTH", self.bandwidth),
                ("AVERAGE-BANDWIDTH", self.average_bandwidth),
                ("CODECS", quoted(self.codecs)),
                ("NAME", None if self.name is None else quoted(self.name)),
            )
        )
        yield f"#EXT-X-STREAM-INF:{attributes}"
        yield self.uri


@dataclass(frozen=True, slots=True, kw_only=True)
class MultivariantPlaylist:
    variants: tuple[Variant, ...]  # the first is what most players begin with
    independent_segments: bool = True

    def __post_init__(self) -> None:
        if not self.variants:
            raise ValueError("a multivariant playlist names at least one variant")

    def render(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "#EXTM3U"
        yield "#EXT-X-VERSION:6"
        if self.independent_segments:
            yield "#EXT-X-INDEPENDENT-SEGMENTS"
        for variant in self.variants:
            yield from variant.lines()
