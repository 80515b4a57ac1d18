"""The overview waveform of tracks in the making, for watchers who come in the middle.

It lives in the process that hears the worker's reports; a watcher in a sibling process sees the
waveform grow from where it came in. Nothing is lost by that: the real one is stored in the end.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from dataclasses import dataclass, field

from aiohttp import web

from server.jobs import Announcement
from server.tracks.events import Event
from server.tracks.model import Stage

TRACKS = 32  # as many are remembered
VALUES = 1_000_000  # of one track: 12 hours at 48 kHz


@dataclass(slots=True)
class _Growing:
    event: Event
    data: array[int] = field(default_factory=lambda: array("b"))


class PeaksSoFar:
    """Collects the peaks that are announced."""

    def __init__(self) -> None:
        self._tracks: OrderedDict[str, _Growing] = OrderedDict()

    def hear(self, note: Announcement) -> None:
        """Collect from what is announced."""
        match note.event:
            case {"type": "peaks"}:
                self._add(note.topic, note.event)
            case {"type": "state", "stage": Stage.READY.value | Stage.FAILED.value}:
                self._tracks.pop(note.topic, None)
            case _:
                pass

    def _add(self, topic: str, event: Event) -> None:
        """Take what follows on what is known; a start at zero begins anew."""
        if event["start"] == 0:
            self._tracks[topic] = _Growing(event)
            if len(self._tracks) > TRACKS:
                self._tracks.popitem(last=False)
        growing = self._tracks.get(topic)
        if growing is None or 2 * event["start"] != len(growing.data):
            return
        if len(growing.data) < VALUES:
            growing.data.extend(event["data"])

    def event(self, topic: str) -> Event | None:
        """Return all of it as one event."""
        growing = self._tracks.get(topic)
        return None if growing is None else {**growing.event, "data": growing.data.tolist()}


PEAKS = web.AppKey("peaks_so_far", PeaksSoFar)
