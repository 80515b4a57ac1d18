"""What an ingest tells while it runs. File names are relative to its output folder.

Segments and init segments are published under these names below the track's folder.
`Progress` is for watching eyes only; everything else is a fact to keep.
"""

import re
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal, TypeAlias

from transcoder.shape import wrong

Stage = Literal["probing", "analysing", "encoding", "completing"]  # the other rungs come last


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What the file says of itself, before a sample was decoded."""

    type: ClassVar[str] = "probed"
    container: str
    codec: str
    sample_rate: int
    channels: int
    bits: int | None
    bit_rate: int | None
    duration_ms: int | None
    lossless: bool
    tags: dict[str, str] = field(default_factory=dict)
    cover: str | None = None
    cover_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a stage is, with the waveform pixels found since the last one (min, max, int8)."""

    type: ClassVar[str] = "progress"
    stage: Stage
    percent: int
    peaks: list[int] | None = None
    peaks_start: int | None = None  # index of the first pixel
    samples_per_pixel: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionStarted:
    """The init segment exists; `samples` and `segments` are None where the length is unknown."""

    type: ClassVar[str] = "rendition_started"
    rung: str
    revision: int
    codec: str
    sample_rate: int
    channels: int
    bits: int
    bit_rate: int
    frame_samples: int
    priming: int
    segment_samples: int
    samples: int | None
    segments: int | None
    init: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMade:
    """One media segment is complete on disk; `ticks` is its duration at the rung's rate."""

    type: ClassVar[str] = "segment_made"
    rung: str
    revision: int
    n: int
    file: str
    bytes: int
    ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionFinished:
    """Every segment exists; bandwidths are bit/s, loudness is measured on the decoded segments."""

    type: ClassVar[str] = "rendition_finished"
    rung: str
    revision: int
    segments: int
    samples: int
    bytes: int
    peak_bandwidth: int
    average_bandwidth: int
    integrated_lufs: float | None
    true_peak_dbtp: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """Of the sound as it is served before gain; None where silence or brevity allow no figure."""

    integrated_lufs: float | None
    range_lu: float | None
    true_peak_dbtp: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    gain_db: float
    limited_by_peak: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """Every sample was decoded and measured; the rungs that will follow are known."""

    type: ClassVar[str] = "analysed"
    samples: int
    sample_rate: int
    duration_ms: int
    loudness: Loudness
    waveform: str
    rungs: list[str]
    notes: list[str] = field(default_factory=list)


Report: TypeAlias = (
    Probed | Progress | RenditionStarted | SegmentMade | RenditionFinished | Analysed
)
_KINDS: dict[str, type[Report]] = {
    kind.type: kind
    for kind in (Probed, Progress, RenditionStarted, SegmentMade, RenditionFinished, Analysed)
}


_FILES = {"cover", "file", "init", "waveform"}
_FILE = re.compile(r"(r[0-9]+/[a-z0-9-]+/)?[a-z0-9]+(\.[a-z0-9]+)?")


class UnknownReport(ValueError):
    """A message that is none of the reports: the two sides are of different versions."""


def to_json(report: Report) -> dict[str, Any]:
    return {"type": report.type, **asdict(report)}


def from_json(message: dict[str, Any]) -> Report:
    """Make the report again; anything that is not exactly one is an UnknownReport."""
    values = {name: value for name, value in message.items() if name != "type"}
    kind = _KINDS.get(message.get("type", ""))
    if kind is None:
        raise UnknownReport(f"no report is called {message.get('type')!r}")
    if faults := wrong(values, kind) | _refused(values):
        raise UnknownReport(f"{kind.type} with wrong {', '.join(sorted(faults))}")
    if kind is Analysed:
        values["loudness"] = Loudness(**values["loudness"])
    return kind(**values)


def _refused(values: dict[str, Any]) -> set[str]:
    """Name counts below zero, and file names that lead out of the output folder."""
    return {
        name
        for name, value in values.items()
        if (isinstance(value, int) and value < 0)
        or (name in _FILES and value is not None and not _FILE.fullmatch(str(value)))
    }
