"""BANDWIDTH and AVERAGE-BANDWIDTH, measured from what was really written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil


@dataclass(frozen=True, slots=True)
class Weight:
    """How much of a connection one segment takes."""

    size: int  # bytes
    duration: Fraction  # seconds


def peak_bandwidth(segments: Sequence[Weight], target_duration: int) -> int:
    """Find the largest rate of any run of segments that lasts 0.5 to 1.5 times the target.

    In bit/s. That is the definition of the peak segment bit rate (RFC 8216, 4.1): a short tail
    alone does not count, however dense. A programme with no such run is measured as a whole.
    """
    return max(_runs(segments, target_duration), default=average_bandwidth(segments))


def average_bandwidth(segments: Sequence[Weight]) -> int:
    """Spread all bits over the whole time, in bit/s."""
    if not segments:
        raise ValueError("no segments, so no bandwidth")
    return _rate(sum(each.size for each in segments), sum(each.duration for each in segments))


def _runs(segments: Sequence[Weight], target_duration: int) -> Iterator[int]:
    shortest, longest = Fraction(target_duration, 2), Fraction(3 * target_duration, 2)
    for first in range(len(segments)):
        size, duration = 0, Fraction(0)
        for segment in segments[first:]:
            size, duration = size + segment.size, duration + segment.duration
            if duration > longest:
                break
            if duration >= shortest:
                yield _rate(size, duration)


def _rate(size: int, duration: Fraction | int) -> int:
    return ceil(8 * size / Fraction(duration))
