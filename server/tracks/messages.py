"""What clients send to the tracks and get back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from server.tracks.model import Rendition, Track, Viewer, Visibility, offered

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class LoudnessShown(BaseModel):
    """Measured before the gain (ITU-R BS.1770-5, EBU Tech 3342); null: silence or too short."""

    model_config = ConfigDict(title="Loudness")

    integrated_lufs: float | None
    range_lu: float | None
    true_peak_dbtp: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    gain_db: Annotated[float, Field(description="what the lossy rungs were turned up or down by")]
    limited_by_peak: Annotated[bool, Field(description="the peak forbade the whole gain")]


class RenditionShown(BaseModel):
    """One rung; bandwidths and loudness are measured, and null until it is whole."""

    model_config = ConfigDict(title="Rendition", from_attributes=True)

    rung: str
    revision: int
    codec: str
    sample_rate: int
    channels: int
    bits: int
    bit_rate: Annotated[int, Field(description="bit/s, as the encoder was asked for")]
    segments: int | None
    made: Annotated[int, Field(description="segments that exist")]
    bytes: int
    finished: bool
    peak_bandwidth: int | None
    average_bandwidth: int | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None


class Owner(BaseModel):
    id: str
    username: str


class Addresses(BaseModel):
    """Where it is found; those of private tracks open without a header, and expire."""

    hls: str
    lossless: str | None
    dash: str | None
    waveform: str | None
    download: str
    cover: str | None
    events: str


class TrackError(BaseModel):
    code: str
    message: str


class TrackResource(BaseModel):
    """A track."""

    model_config = ConfigDict(title="Track")

    id: str
    state: Literal["uploading", "processing", "ready", "failed"]
    stage: Literal["received", "probing", "analysing", "encoding", "playable", "ready", "failed"]
    playable: bool
    revision: int
    title: str
    artist: str | None
    album: str | None
    visibility: Visibility
    owner: Owner
    file_name: str
    size_bytes: int
    duplicate_of: Annotated[
        str | None, Field(description="an earlier track of yours with the same bytes")
    ]
    duration_ms: int | None
    container: str | None
    codec: str | None
    sample_rate: int | None
    channels: int | None
    bits: int | None
    bit_rate: int | None
    lossless: bool | None
    tags: dict[str, str]
    loudness: LoudnessShown | None
    renditions: list[RenditionShown]
    notes: Annotated[list[str], Field(description="what was odd about the file, in sentences")]
    urls: Addresses
    error: TrackError | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(
        cls,
        track: Track,
        renditions: Sequence[Rendition],
        *,
        viewer: Viewer,
        urls: dict[str, str | None],
    ) -> TrackResource:
        """Show a track to the one who asks."""
        shown: dict[str, Any] = {
            name: getattr(track, name) for name in cls.model_fields if hasattr(track, name)
        }
        shown |= {
            "title": track.shown_title,
            "artist": track.shown_artist,
            "album": track.shown_album,
            "playable": viewer.plays(track),
            "owner": Owner(id=track.owner_id, username=track.owner_name),
            "duplicate_of": track.duplicate_of if viewer.owns(track) else None,
            "renditions": [
                RenditionShown.model_validate(each) for each in offered(track.revision, renditions)
            ],
            "urls": urls,
            "error": _error(track),
            "created_at": _time(track.created_at),
            "updated_at": _time(track.updated_at),
        }
        return cls.model_validate(shown)

    @property
    def is_complete(self) -> bool:
        """Tell whether no work goes on."""
        made = self.state == "ready" and all(each.finished for each in self.renditions)
        return made or self.state == "failed"


class TrackPage(BaseModel):
    items: list[TrackResource]
    next_cursor: str | None


class TrackList(BaseModel):
    """Which part of the list is asked for."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None
    owner: Annotated[str | None, Field(max_length=50, description="a user's id, or `me`")] = None


class TrackChanges(BaseModel):
    """What to change; a null title, artist or album falls back to what the file says."""

    model_config = ConfigDict(extra="forbid")

    title: Text | None = None
    artist: Text | None = None
    album: Text | None = None
    visibility: Visibility = Visibility.PUBLIC

    def given(self) -> dict[str, str | None]:
        """Return only what the client sent."""
        return self.model_dump(mode="json", exclude_unset=True)


def _error(track: Track) -> TrackError | None:
    if track.error_code is None:
        return None
    return TrackError(code=track.error_code, message=track.error or "")


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
