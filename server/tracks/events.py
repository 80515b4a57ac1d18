"""What is told of a track on the bus: `track:{id}`.

`state` and `peaks` are for the page, `changed` says that the resource reads differently now,
`segment` wakes requests that wait for one, `partial` says that what is not made never will be, and
`gone` that there is nothing left to watch.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from server.tracks.model import Stage, Track
from transcoder.reports import Progress, SegmentMade

Event: TypeAlias = dict[str, Any]

CHANGED: Event = {"type": "changed"}
GONE: Event = {"type": "gone"}
PARTIAL: Event = {"type": "partial"}

SETTLED = frozenset({Stage.READY, Stage.FAILED})


def topic(track_id: str) -> str:
    return f"track:{track_id}"


def state_event(
    track: Track,
    *,
    stage: Stage | None = None,
    percent: int | None = None,
    message: str | None = None,
) -> Event:
    """Tell how far a track is: as its row says, or by a glimpse of the work."""
    return {
        "type": "state",
        "stage": (stage or track.stage).value,
        "percent": percent,
        "playable": track.playable,
        "preview": track.preview,
        "revision": track.revision,
        "created_at": track.created_at,
        "message": message or track.error,
        "version": track.version,  # of the row: what is told late is known by it
    }


def peaks_event(track: Track, report: Progress) -> Event:
    return {
        "type": "peaks",
        "start": report.peaks_start,
        "samples_per_pixel": report.samples_per_pixel,
        "sample_rate": track.sample_rate,
        "data": report.peaks,
    }


def segment_event(report: SegmentMade) -> Event:
    return {
        "type": "segment",
        "revision": report.revision,
        "rung": report.rung,
        "n": report.n,
    }
