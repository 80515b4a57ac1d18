"""A track's progress as Server-Sent Events (WHATWG HTML, 9.2).

The first event is how things stand. The stream goes on behind `ready`, until every rendition is
made, and ends there or when the track failed; a watcher that was too slow, or whose server drains,
is cut off, and EventSource comes back by itself.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from server.database import DATABASE
from server.events import BUS
from server.http.event_stream import EventStream, with_pings
from server.json import dumps
from server.tracks import store
from server.tracks.events import SETTLED, Event, state_event, topic
from server.tracks.messages import TrackResource
from server.tracks.model import Track, TrackNotFound, Viewer
from server.tracks.peaks_so_far import PEAKS
from server.tracks.showing import resource


async def follow(request: web.Request, track_id: str, viewer: Viewer) -> web.StreamResponse:
    """Tell what happens to the track until its work is over."""
    answer = EventStream()
    async with request.app[BUS].subscribe(topic(track_id)) as events:
        track = await request.app[DATABASE].point(store.find, track_id)
        if track is None or not viewer.sees(track):
            raise TrackNotFound("There is no such track.")
        await answer.prepare(request)
        if request.method == "HEAD":
            return answer
        await answer.tell("state", _shown(state_event(track), early=viewer.hears_early(track)))
        grown = request.app[PEAKS].event(topic(track_id))
        if grown is not None and not track.settled:
            await answer.tell("peaks", _peaks(grown))
        if not await _is_over(request, answer, track, viewer):
            await _follow(request, answer, track, viewer, events)
    await answer.write_eof()
    return answer


async def _is_over(request: web.Request, answer: EventStream, track: Track, viewer: Viewer) -> bool:
    """Tell a settled track, and whether nothing more will come."""
    if not track.settled:
        return False
    shown = await _tell_track(request, answer, track, viewer)
    return shown is None or shown.is_complete


async def _follow(
    request: web.Request,
    answer: EventStream,
    track: Track,
    viewer: Viewer,
    events: AsyncIterator[Event],
) -> None:
    told = track.settled  # the last word is the resource, behind the state that goes with it
    async for event in _in_order(with_pings(events), track.version):
        match event["type"]:
            case "ping":
                await answer.ping()
            case "peaks":
                await answer.tell("peaks", _peaks(event))
            case "changed":
                shown = await _tell_track(request, answer, track, viewer)
                if shown is None or (shown.is_complete and told):
                    return
            case "state":
                await answer.tell("state", _shown(event, early=viewer.hears_early(track)))
                told = told or event["stage"] in SETTLED
            case "gone":
                return
            case _:
                await answer.pass_over()


async def _tell_track(
    request: web.Request, answer: EventStream, track: Track, viewer: Viewer
) -> TrackResource | None:
    """Tell the track as it is now; None when it is gone, or hidden from this viewer by now."""
    shown = await resource(request, track.id, viewer)
    if shown is not None:
        await answer.tell("track", shown.model_dump_json().encode())
    return shown


async def _in_order(events: AsyncIterator[Event], version: int) -> AsyncIterator[Event]:
    """Let no state come behind a newer one: those of other processes are told a moment late."""
    async for event in events:
        if event["type"] != "state":
            yield event
        elif _is_old(event, version):
            yield {"type": "overtaken"}
        else:
            version = event["version"]
            yield event


def _is_old(state: Event, version: int) -> bool:
    """Tell whether a state was told before, or a later one.

    One that says nothing beyond its row says nothing new of a version that was told already.
    """
    bare = state["percent"] is None and state["message"] is None
    return bool(state["version"] < version or (state["version"] == version and bare))


def _shown(event: Event, *, early: bool) -> bytes:
    playable = event["playable"] or (event["preview"] and early)
    shown: dict[str, Any] = {
        "stage": event["stage"],
        "percent": event["percent"],
        "playable": playable,
        "revision": event["revision"],
        "elapsed_ms": max(0, int(time.time() * 1000) - event["created_at"]),
        "message": event["message"],
    }
    return dumps(shown)


def _peaks(event: Event) -> bytes:
    names = ("start", "samples_per_pixel", "sample_rate", "data")
    return dumps({name: event[name] for name in names})
