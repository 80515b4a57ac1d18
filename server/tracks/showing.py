"""Tracks and their renditions, read together and shown to the one who asks."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from sqlalchemy import Connection

from server.database import DATABASE
from server.tracks import renditions, store
from server.tracks.links import LINKS
from server.tracks.messages import TrackResource
from server.tracks.model import Rendition, Track, TrackNotFound, Viewer


async def visible(request: web.Request, track_id: str, viewer: Viewer) -> Track:
    """Return the track, or raise TrackNotFound where the viewer may not know of it."""
    track = await request.app[DATABASE].point(store.find, track_id)
    if track is None or not viewer.sees(track):
        raise TrackNotFound("There is no such track.")
    return track


async def resource(request: web.Request, track_id: str, viewer: Viewer) -> TrackResource | None:
    """Return a track as it is now, None when it is gone or hidden by now."""
    found = await request.app[DATABASE].point(with_renditions, track_id)
    if found is None or not viewer.sees(found[0]):
        return None
    return shown(request, *found, viewer)


def shown(
    request: web.Request, track: Track, rungs: Sequence[Rendition], viewer: Viewer
) -> TrackResource:
    urls = request.app[LINKS].urls(track, viewer)
    return TrackResource.of(track, rungs, viewer=viewer, urls=urls)


def with_renditions(connection: Connection, track_id: str) -> tuple[Track, list[Rendition]] | None:
    """Return a track with what exists of it."""
    track = store.find(connection, track_id)
    return None if track is None else (track, renditions.of_track(connection, track_id))
