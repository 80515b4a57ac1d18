"""Whether a report can be true.

Its fields have the right types by now. But reports come out of a sandbox in which a stranger's file
was decoded, and what is kept of them goes into playlists, headers and sizes.
"""

from __future__ import annotations

from functools import singledispatch

from server.errors import Invalid
from server.tracks.model import RUNGS
from storage import keys
from transcoder.reports import (
    Analysed,
    Probed,
    Progress,
    RenditionFinished,
    RenditionStarted,
    Report,
    SegmentMade,
    UnknownReport,
)

CODECS = frozenset({"mp4a.40.2", "fLaC"})
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp"})
RATES = range(1, 1_000_001)  # Hz
REVISIONS = range(100)
SEGMENTS = range(100_000)
TAG_LIMIT = 10_000  # characters
TAGS_LIMIT = 100


class Implausible(Invalid):
    """A report of something that cannot be."""


def require(report: Report) -> None:
    """Refuse what cannot be true."""
    if not _plausible(report):
        raise Implausible(f"`{report.type}` tells of something that cannot be.")


@singledispatch
def _plausible(report: Report) -> bool:
    raise UnknownReport(f"nothing is known of what `{report.type}` may tell")


@_plausible.register
def _(report: Probed) -> bool:
    short = len(report.container) <= 40 and len(report.codec) <= 40
    texts = [*report.tags, *report.tags.values()]
    tags = len(report.tags) <= TAGS_LIMIT and all(len(text) <= TAG_LIMIT for text in texts)
    picture = report.cover == keys.COVER and report.cover_type in PICTURES
    return (
        short
        and tags
        and (picture or report.cover is None)
        and report.sample_rate in RATES
        and report.channels >= 1
    )


@_plausible.register
def _(report: Progress) -> bool:
    return report.percent <= 100 and all(-128 <= value <= 127 for value in report.peaks or ())


@_plausible.register
def _(report: Analysed) -> bool:
    made = report.waveform == keys.WAVEFORM and set(report.rungs) <= set(RUNGS)
    return made and report.samples >= 1 and report.sample_rate in RATES


@_plausible.register
def _(report: RenditionStarted) -> bool:
    least = (report.frame_samples, report.segment_samples, report.bit_rate, report.channels)
    return (
        _exists(report.rung, report.revision)
        and report.codec in CODECS
        and report.sample_rate in RATES
        and min(least) >= 1
        and report.samples != 0
        and (report.segments or 1) in SEGMENTS
    )


@_plausible.register
def _(report: SegmentMade) -> bool:
    return _exists(report.rung, report.revision) and report.n in SEGMENTS and report.ticks >= 1


@_plausible.register
def _(report: RenditionFinished) -> bool:
    return (
        _exists(report.rung, report.revision)
        and report.segments in SEGMENTS
        and report.samples >= 1
        and 1 <= report.average_bandwidth <= report.peak_bandwidth
    )


def _exists(rung: str, revision: int) -> bool:
    return rung in RUNGS and revision in REVISIONS
