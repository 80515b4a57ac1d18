"""Assertions 20 to 23, 28, 31, 32 and the second half of 10: over the bytes of one rendition."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from hls.conformance.assertions import Finding
from hls.conformance.init_bytes import Header
from hls.conformance.renditions import Rendition
from hls.conformance.segment_bytes import MeasuredSegment
from hls.timeline import resampled

_BRANDS = frozenset({"iso6", "cmfc"})


@dataclass(frozen=True, slots=True)
class Source:
    """What was encoded, as the one who knows it says."""

    rate: int
    samples: int


def check_media(rendition: Rendition, source: Source | None) -> Iterator[Finding]:
    header, segments = rendition.header, rendition.segments
    if header is None:
        return
    yield from _check_edit(rendition.address, header)
    missing = _BRANDS - header.brands
    if missing:
        yield Finding(31, rendition.address, f"no brand {', '.join(sorted(missing))}")
    if not segments:
        return
    yield from _check_decode_times(segments)
    yield from _check_fragments(segments)
    yield from _check_extinf(rendition)
    if rendition.text.values("EXT-X-ENDLIST"):
        yield from _check_length(rendition.address, header, segments, source)


def _check_edit(address: str, header: Header) -> Iterator[Finding]:
    if header.media_time != header.delay:
        detail = f"the edit list takes out {header.media_time} samples of {header.delay}"
        yield Finding(23, address, detail)


def _check_decode_times(segments: tuple[MeasuredSegment, ...]) -> Iterator[Finding]:
    expected = 0
    for segment in segments:
        for fragment in segment.fragments:
            if fragment.decode_time != expected:
                off = fragment.decode_time - expected
                yield Finding(20, segment.address, f"begins {off:+} ticks from the end before it")
            expected = fragment.decode_time + sum(fragment.durations)


def _check_fragments(segments: tuple[MeasuredSegment, ...]) -> Iterator[Finding]:
    for segment in segments:
        if not segment.fragments[0].sync[0]:
            yield Finding(10, segment.address, "its first sample needs those before it")
        if not all(all(fragment.sync) for fragment in segment.fragments):
            yield Finding(28, segment.address, "a sample that is no sync sample")
        if not all(fragment.moof_is_base for fragment in segment.fragments):
            yield Finding(31, segment.address, "data offsets do not count from moof")
    numbered = [(each.sequence, one.address) for one in segments for each in one.fragments]
    for (before, _), (sequence, address) in pairwise(numbered):
        if sequence <= before:
            yield Finding(32, address, f"fragment {sequence} after fragment {before}")


def _check_extinf(rendition: Rendition) -> Iterator[Finding]:
    told, measured = Fraction(0), Fraction(0)
    for entry, segment in zip(rendition.text.entries, rendition.segments, strict=True):
        seconds = entry.seconds or Fraction(0)
        told, measured = told + seconds, measured + segment.duration
        off = seconds - segment.duration
        if abs(off) > Fraction(1, 1000):
            yield Finding(21, segment.address, f"EXTINF is {float(1000 * off):+.3f} ms off")
        elif abs(told - measured) > rendition.segments[0].longest_frame:
            drift = float(1000 * (told - measured))
            yield Finding(21, segment.address, f"the sum of EXTINF is {drift:+.3f} ms off")


def _check_length(
    address: str, header: Header, segments: tuple[MeasuredSegment, ...], source: Source | None
) -> Iterator[Finding]:
    programme = sum(segment.ticks for segment in segments) - header.media_time
    if header.edit and header.edit.duration:
        declared = Fraction(header.edit.duration * header.timescale, header.movie_timescale)
        if programme != declared:
            yield Finding(22, address, f"{programme} samples, the edit list says {declared}")
    if source:
        expected = resampled(source.samples, source.rate, header.timescale)
        tolerance = 0 if source.rate == header.timescale else 1  # a resampler may round down
        if abs(programme - expected) > tolerance:
            yield Finding(22, address, f"{programme} samples, the source has {expected}")


def check_agreement(renditions: list[Rendition]) -> Iterator[Finding]:
    """Check 8: what must be equal in all renditions."""
    for rendition in renditions[1:]:
        first = renditions[0]
        ours, theirs = rendition.text, first.text
        if len(ours.entries) != len(theirs.entries):
            counts = f"{len(ours.entries)} segments, {first.address} has {len(theirs.entries)}"
            yield Finding(8, rendition.address, counts)
        if ours.target_duration != theirs.target_duration:
            targets = f"TARGETDURATION {ours.target_duration}, elsewhere {theirs.target_duration}"
            yield Finding(8, rendition.address, targets)
        yield from _check_boundaries(rendition, first)


def _check_boundaries(rendition: Rendition, first: Rendition) -> Iterator[Finding]:
    segments = (*rendition.segments, *first.segments)
    frame = max((segment.longest_frame for segment in segments), default=Fraction(0))
    boundaries = zip(_boundaries(rendition), _boundaries(first), strict=False)
    for number, (ours, theirs) in enumerate(boundaries):
        if abs(ours - theirs) > frame:
            off = f"segment {number} ends {float(1000 * (ours - theirs)):+.1f} ms from elsewhere"
            yield Finding(8, rendition.address, off)


def _boundaries(rendition: Rendition) -> list[Fraction]:
    """When each segment ends, in the programme's time."""
    if rendition.header is None:
        return []
    start = -Fraction(rendition.header.media_time, rendition.header.timescale)
    ends = accumulate((segment.duration for segment in rendition.segments), initial=start)
    return list(ends)[1:]
