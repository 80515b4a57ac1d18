"""Assertions 10 to 14, 16 and 27: what a multivariant playlist says of its renditions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from hls.bandwidth import average_bandwidth, peak_bandwidth
from hls.conformance.assertions import Finding
from hls.conformance.playlist_text import PlaylistText, whole_number
from hls.conformance.renditions import Rendition

_CELLULAR = 192_000  # bit/s (Apple's authoring rules, 9.21)
_TOLERANCE = Fraction(1, 10)
_VIDEO = ("avc1", "avc3", "hvc1", "hev1", "av01", "dvh1", "vp09")


@dataclass(frozen=True, slots=True)
class StatedVariant:
    """A variant as its playlist states it, and the address it leads to."""

    playlist: str
    address: str
    attributes: Mapping[str, str]

    @property
    def codecs(self) -> list[str]:
        return [codec.strip() for codec in self.attributes.get("CODECS", "").split(",") if codec]

    def number(self, name: str) -> int | None:
        return whole_number(self.attributes.get(name, ""))


def check_variant(variant: StatedVariant, rendition: Rendition | None) -> Iterator[Finding]:
    yield from _check_codecs(variant, rendition)
    peak, average = variant.number("BANDWIDTH"), variant.number("AVERAGE-BANDWIDTH")
    if peak is None:
        yield Finding(11, variant.address, "no BANDWIDTH")
    if average is None:
        yield Finding(12, variant.address, "no AVERAGE-BANDWIDTH")
    if rendition and rendition.segments:
        yield from _check_peak(variant.address, peak, rendition)
        yield from _check_average(variant.address, average, rendition)


def check_independence(multivariant: PlaylistText | None, media: PlaylistText) -> Iterator[Finding]:
    said = (text.values("EXT-X-INDEPENDENT-SEGMENTS") for text in (multivariant, media) if text)
    if not any(said):
        yield Finding(10, media.address, "INDEPENDENT-SEGMENTS is said nowhere")


def check_choice(variants: list[StatedVariant]) -> Iterator[Finding]:
    """Check 16: there is something for a mobile network and for every player."""
    if not variants:
        return
    where = variants[0].playlist
    if all((variant.number("BANDWIDTH") or 0) > _CELLULAR for variant in variants):
        yield Finding(16, where, "no variant peaks at 192 kbit/s or less")
    codecs = [codec.lower() for variant in variants for codec in variant.codecs]
    only_some_play = any(codec in {"opus", "flac"} for codec in codecs)
    if only_some_play and not any(codec.startswith("mp4a") for codec in codecs):
        yield Finding(16, where, "Opus or FLAC without AAC beside it")


def _check_codecs(variant: StatedVariant, rendition: Rendition | None) -> Iterator[Finding]:
    if not variant.codecs:
        yield Finding(14, variant.address, "no CODECS")
        return
    if any(codec.startswith(_VIDEO) for codec in variant.codecs):
        for name in ("RESOLUTION", "FRAME-RATE"):
            if name not in variant.attributes:
                yield Finding(14, variant.address, f"video without {name}")
    if rendition and rendition.header and rendition.header.codecs not in variant.codecs:
        stated = ",".join(variant.codecs)
        yield Finding(27, variant.address, f"{stated}, the init says {rendition.header.codecs}")


def _check_peak(address: str, stated: int | None, rendition: Rendition) -> Iterator[Finding]:
    target = rendition.text.target_duration
    if target is None:
        return
    peak = peak_bandwidth(rendition.weights, target)
    if stated is not None and not 0 <= stated - peak <= _TOLERANCE * stated:
        yield Finding(11, address, f"BANDWIDTH {stated}, measured {peak}")
    if peak > 2 * average_bandwidth(rendition.weights):
        yield Finding(13, address, f"a peak of {peak} over {average_bandwidth(rendition.weights)}")


def _check_average(address: str, stated: int | None, rendition: Rendition) -> Iterator[Finding]:
    average = average_bandwidth(rendition.weights)
    if stated is not None and abs(stated - average) > _TOLERANCE * stated:
        yield Finding(12, address, f"AVERAGE-BANDWIDTH {stated}, measured {average}")
