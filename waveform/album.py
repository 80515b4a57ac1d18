"""One gain for all tracks of an album, so that its quiet songs stay quieter than its loud ones."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from waveform.gain import GainPlan, plan
from waveform.histogram import Histogram


class Normalisation(StrEnum):
    """What a listener may choose."""

    OFF = "off"
    TRACK = "track"
    ALBUM = "album"


@dataclass(frozen=True, slots=True)
class TrackLevels:
    """What is kept of a track for its album."""

    histogram: Histogram
    true_peak_dbtp: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumLoudness:
    """Of all tracks together; None stands for no figure, as in `Loudness`.

    Each track is cut into blocks of 400 ms from its own first sample. Measured one after another,
    they have at every join up to four blocks more, with the end of one and the beginning of the
    next, and blocks that begin elsewhere: for songs of some minutes a matter of 0.01 LU at most,
    and of nothing where they begin and end softly.
    """

    integrated_lufs: float | None
    true_peak_dbtp: float | None
    peak_track: str | None  # the one that holds the highest true peak


def album_loudness(tracks: Mapping[str, TrackLevels]) -> AlbumLoudness:
    """Pool what is kept of each track; the order of the tracks changes nothing of it."""
    peaks = {
        name: track.true_peak_dbtp
        for name, track in tracks.items()
        if track.true_peak_dbtp is not None
    }
    peak_track = max(peaks, key=lambda name: (peaks[name], name)) if peaks else None
    return AlbumLoudness(
        integrated_lufs=Histogram.pooled(t.histogram for t in tracks.values()).integrated_lufs,
        true_peak_dbtp=peaks[peak_track] if peak_track is not None else None,
        peak_track=peak_track,
    )


def plan_album(album: AlbumLoudness, *, target_lufs: float, ceiling_dbtp: float) -> GainPlan:
    """Plan the gain of every track; the reason names the track whose peak limits it."""
    planned = plan(album, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp)
    if planned.limited_by_peak:
        return replace(planned, reason=f"{planned.reason}, in {album.peak_track}")
    return planned


def choose(wanted: Normalisation, *, track: GainPlan, album: GainPlan | None) -> GainPlan:
    """Take the gain that was asked for; a track of no album has its own."""
    match wanted:
        case Normalisation.OFF:
            return GainPlan(0.0, limited_by_peak=False, reason="it is left as it is")
        case Normalisation.TRACK:
            return track
        case Normalisation.ALBUM:
            return track if album is None else album
