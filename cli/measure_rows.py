"""What `houle measure` tells of files: the rows of its JSON, from which its text is made, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NotRequired, TypeAlias, TypedDict

from transcoder.measure import MeasuredFile
from transcoder.probe import Sound
from waveform.album import AlbumLoudness, TrackLevels, album_loudness, plan_album
from waveform.gain import plan
from waveform.gain_tags import r128, replaygain
from waveform.inspection import Inspected
from waveform.loudness import Loudness
from waveform.sentences import sentence
from waveform.verdicts import verdicts

Figures: TypeAlias = dict[str, float | None]
_OPUS: Final = frozenset({"opus", "libopus"})


@dataclass(frozen=True, slots=True)
class Heard:
    """A file by the name that was given, and what was found in it."""

    name: str
    found: MeasuredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where gains lead, and what is told beside loudness."""

    target_lufs: float
    ceiling_dbtp: float
    findings: bool
    curve: bool
    album: bool
    tags: bool
    dual_mono: bool


class Album(TypedDict):
    """Of all files that could be measured, as if they were played one after another."""

    files: int
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    gain_db: float | None
    limited_by: str | None  # the file whose true peak forbids the gain that the target asks for


class Row(TypedDict):
    file: str
    loudness: Figures
    findings: NotRequired[dict[str, Any]]
    verdicts: NotRequired[list[dict[str, Any]]]
    notes: NotRequired[list[str]]
    pcm_hash: NotRequired[str | None]
    curve: NotRequired[dict[str, object]]
    album: NotRequired[Album]
    tags: NotRequired[dict[str, str]]


def rows(heard: Sequence[Heard], wanted: Wanted) -> list[Row]:
    """Return a row for each file, in the same order; all rows of an album hold the same album."""
    told = [_row(one, wanted) for one in heard]
    pooled = None
    if wanted.album:
        tracks = {one.name: _levels(one.found) for one in heard}
        pooled = album_loudness(tracks)
        album = _album(tracks, pooled, wanted)
        for row in told:
            row["album"] = album
    if wanted.tags:
        for row, one in zip(told, heard, strict=True):
            row["tags"] = _tags(one.found, pooled)
    return told


def _row(one: Heard, wanted: Wanted) -> Row:
    found = one.found
    row: Row = {"file": one.name, "loudness": _loudness(found.loudness, wanted)}
    if found.inspected is not None:
        _add_findings(row, found.inspected, found.sound)
        row["notes"] = found.notes
    if found.curve is not None:
        row["curve"] = found.curve.as_json()
    return row


def _loudness(loudness: Loudness, wanted: Wanted) -> Figures:
    planned = plan(loudness, target_lufs=wanted.target_lufs, ceiling_dbtp=wanted.ceiling_dbtp)
    return {
        "integrated_lufs": _rounded(loudness.integrated_lufs),
        "range_lu": _rounded(loudness.range_lu),
        "true_peak_dbtp": _rounded(loudness.true_peak_dbtp),
        "momentary_max_lufs": _rounded(loudness.momentary_max_lufs),
        "short_term_max_lufs": _rounded(loudness.short_term_max_lufs),
        "gain_db": _rounded(planned.gain_db),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _add_findings(row: Row, inspected: Inspected, sound: Sound) -> None:
    figures = inspected.to_json()
    pcm_hash = figures.pop("hash")
    row["findings"] = figures
    row["verdicts"] = [
        {"code": verdict.code.value, **verdict.figures, "sentence": sentence(verdict)}
        for verdict in verdicts(inspected, lossless=sound.lossless)
    ]
    row["pcm_hash"] = pcm_hash


def _levels(found: MeasuredFile) -> TrackLevels:
    return TrackLevels(found.histogram, found.loudness.true_peak_dbtp)


def _album(tracks: Mapping[str, TrackLevels], pooled: AlbumLoudness, wanted: Wanted) -> Album:
    planned = plan_album(pooled, target_lufs=wanted.target_lufs, ceiling_dbtp=wanted.ceiling_dbtp)
    return {
        "files": len(tracks),
        "integrated_lufs": _rounded(pooled.integrated_lufs),
        "true_peak_dbtp": _rounded(pooled.true_peak_dbtp),
        "gain_db": _rounded(planned.gain_db),
        "limited_by": pooled.peak_track if planned.limited_by_peak else None,
    }


def _tags(found: MeasuredFile, album: AlbumLoudness | None) -> dict[str, str]:
    """Return the tags that the file should carry: in Ogg, Opus has its own and no others.

    RFC 7845, 5.2.1, asks it to leave ReplayGain's out, lest both are applied.
    """
    opus = found.sound.container == "ogg" and found.sound.codec in _OPUS
    return (r128 if opus else replaygain)(found.loudness, album)
