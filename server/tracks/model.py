"""What a track is: its states, who may see it, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from server.errors import Forbidden, NotFound, PreconditionFailed
from server.http.principal import Principal

LOSSLESS_RUNG = "flac"
WANTED_DEFAULT = "aac-128"
RUNGS = ("aac-64", "aac-128", "aac-192", "aac-320", LOSSLESS_RUNG)  # as they are listed
PREVIEW = 0  # the revision that only the owner hears, before the gain is known


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"  # for whoever has its address
    PRIVATE = "private"  # for its owner, and for links that the owner gives away


class TrackState(StrEnum):
    UPLOADING = "uploading"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Stage(StrEnum):
    """How far the work on a track is, in the order in which a person sees it."""

    RECEIVED = "received"
    PROBING = "probing"
    ANALYSING = "analysing"
    ENCODING = "encoding"
    PLAYABLE = "playable"
    READY = "ready"
    FAILED = "failed"


class TrackNotFound(NotFound):
    """There is no such track, or it is private."""


class NotYourTrack(Forbidden):
    """Everybody may hear it, its owner alone may change it."""


class TrackChanged(PreconditionFailed):
    """Somebody changed the track since the client read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A row of tracks."""

    id: str
    owner_id: str
    owner_name: str
    visibility: Visibility
    state: TrackState
    stage: Stage
    revision: int  # 0 until the default rung of revision 1 exists
    playable: bool  # the current revision plays, for everybody who may see the track
    preview: bool  # revision 0 plays, for its owner
    title: str | None  # these three as the owner gave them; the tags know the rest
    artist: str | None
    album: str | None
    file_name: str
    size_bytes: int
    sha256: str
    duplicate_of: str | None
    container: str | None
    codec: str | None
    sample_rate: int | None
    channels: int | None
    bits: int | None
    bit_rate: int | None
    lossless: bool | None
    duration_ms: int | None
    samples: int | None  # None until every one was decoded
    tags: Mapping[str, str]
    cover_type: str | None
    cover_file: str | None  # this and the waveform by their names in the track's folder
    waveform_file: str | None
    loudness: Mapping[str, Any] | None
    rungs: Sequence[str]  # planned; empty until analysed
    notes: Sequence[str]
    error_code: str | None
    error: str | None
    job_id: str | None
    version: int
    created_at: int
    updated_at: int

    @property
    def analysed(self) -> bool:
        return self.samples is not None

    @property
    def settled(self) -> bool:
        """Tell whether it plays from end to end, or never will."""
        return self.state in {TrackState.READY, TrackState.FAILED}

    @property
    def shown_title(self) -> str:
        return self.title or self.tags.get("title") or PurePath(self.file_name).stem

    @property
    def shown_artist(self) -> str | None:
        return self.artist or self.tags.get("artist")

    @property
    def shown_album(self) -> str | None:
        return self.album or self.tags.get("album")

    @property
    def default_rung(self) -> str | None:
        """The rung that is made first and offered first, once it is known."""
        lossy = [rung for rung in self.rungs if rung != LOSSLESS_RUNG]
        if not lossy:
            return None
        return WANTED_DEFAULT if WANTED_DEFAULT in lossy else lossy[-1]

    @property
    def etag(self) -> str:
        return str(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A row of renditions: one rung of one revision, and how much of it exists."""

    revision: int
    rung: str
    codec: str
    sample_rate: int
    channels: int
    bits: int
    bit_rate: int  # nominal
    frame_samples: int
    priming: int
    segment_samples: int
    samples: int | None
    segments: int | None  # how many there will be, once that is known
    made: int
    ticks: int  # of what is made
    bytes: int
    finished: bool
    peak_bandwidth: int | None
    average_bandwidth: int | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None

    @property
    def lossless(self) -> bool:
        return self.rung == LOSSLESS_RUNG


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrack:
    """What is known of a track when its file has arrived."""

    id: str
    owner_id: str
    visibility: Visibility
    title: str | None
    artist: str | None
    album: str | None
    file_name: str
    size_bytes: int
    sha256: str
    job_id: str
    cover_type: str | None = None  # of a picture that lay beside the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The one who asks for a track: perhaps known, perhaps with a link that the owner gave."""

    principal: Principal | None = None
    link_until: int | None = None  # Unix seconds

    @property
    def user_id(self) -> str | None:
        return self.principal.user_id if self.principal else None

    def owns(self, track: Track) -> bool:
        return self.user_id == track.owner_id

    def sees(self, track: Track) -> bool:
        return track.visibility is not Visibility.PRIVATE or self.hears_early(track)

    def hears_early(self, track: Track) -> bool:
        """Tell whether the preview is for this one."""
        return self.owns(track) or self.link_until is not None

    def plays(self, track: Track) -> bool:
        return track.playable or (track.preview and self.hears_early(track))


def in_order(renditions: Sequence[Rendition]) -> list[Rendition]:
    """Sort rungs from the smallest to the lossless one."""
    return sorted(renditions, key=lambda each: RUNGS.index(each.rung))


def offered(revision: int, renditions: Sequence[Rendition]) -> list[Rendition]:
    """Return what a revision consists of, in order.

    The lossless rung holds the samples as they came, so a later revision may keep an earlier one.
    """
    lossy = [each for each in renditions if each.revision == revision and not each.lossless]
    lossless = [
        each for each in renditions if PREVIEW < each.revision <= revision and each.lossless
    ]
    latest = sorted(lossless, key=lambda each: each.revision)[-1:]
    return in_order([*lossy, *latest])


def superseded_by(revision: int, renditions: Sequence[Rendition]) -> list[Rendition]:
    """Return what a finished revision leaves behind."""
    kept = offered(revision, renditions)
    return [each for each in renditions if each not in kept and each.revision <= revision]
