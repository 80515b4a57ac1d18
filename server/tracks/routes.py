"""Tracks over HTTP: listed, read, followed, changed, deleted."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web
from sqlalchemy import Connection

from server import jobs, outbox
from server.accounts import Permission, may
from server.database import DATABASE
from server.errors import Fault, Invalid
from server.events import BUS, Announcement
from server.http import cursor
from server.http.principal import Principal, principal, signed_in
from server.http.routes import Access, Auth, Binary, Routes, rendered
from server.jobs import LEASES
from server.media import STORAGE
from server.settings import SETTINGS
from server.tracks import renditions, store, unclaimed
from server.tracks.events import CHANGED, GONE, topic
from server.tracks.following import follow
from server.tracks.links import LINKS, links_of
from server.tracks.messages import TrackChanges, TrackList, TrackPage, TrackResource
from server.tracks.model import NotYourTrack, Rendition, Track, TrackChanged, TrackNotFound, Viewer
from server.tracks.peaks_so_far import PEAKS, PeaksSoFar
from server.tracks.showing import resource, shown, visible
from server.tracks.tasks import INGEST
from storage import keys

_ETAG = {200: {"ETag": "the version; give it to If-Match"}}

routes = Routes("tracks")


def setup(app: web.Application) -> None:
    """Add tracks to the application."""
    app[LINKS] = links_of(app)
    app[PEAKS] = PeaksSoFar()
    app[LEASES].hearers.append(app[PEAKS].hear)
    jobs.register(app, INGEST)
    app.cleanup_ctx.append(unclaimed.swept)
    routes.setup(app)


class _Page(NamedTuple):
    tracks: list[Track]
    renditions: dict[str, list[Rendition]]


@routes.get(
    "/api/v1/tracks",
    summary="Your tracks and the public ones, newest first",
    access=Access.PUBLIC,
    query=TrackList,
    answers={200: TrackPage},
)
async def index(request: web.Request, query: TrackList) -> TrackPage:
    viewer = Viewer(principal=principal(request))
    secret = request.app[SETTINGS].secret_key
    before = cursor.read(secret, query.cursor) if query.cursor else None
    owner_id = signed_in(request).user_id if query.owner == "me" else query.owner

    def page(connection: Connection) -> _Page:
        tracks = store.listed(
            connection,
            viewer_id=viewer.user_id,
            owner_id=owner_id,
            before=before,
            limit=query.limit + 1,
        )
        return _Page(tracks, renditions.of_tracks(connection, [track.id for track in tracks]))

    found = await request.app[DATABASE].read(page)
    tracks, next_cursor = cursor.page(
        secret, found.tracks, query.limit, lambda track: (track.created_at, track.id)
    )
    items = [shown(request, track, found.renditions.get(track.id, []), viewer) for track in tracks]
    return TrackPage(items=items, next_cursor=next_cursor)


@routes.get(
    "/api/v1/tracks/{track_id}",
    summary="A track",
    access=Access.PUBLIC,
    answers={200: TrackResource},
    headers=_ETAG,
)
async def show(request: web.Request) -> web.Response:
    return await _answer(request, _viewer(request))


@routes.patch(
    "/api/v1/tracks/{track_id}",
    summary="Change what a track is called, and who may hear it",
    access=Access.CREATOR,
    body=TrackChanges,
    answers={200: TrackResource},
    headers=_ETAG,
)
async def change(request: web.Request, body: TrackChanges) -> web.Response:
    """With `If-Match`, a track that was changed in the meantime answers 412."""
    track_id, who, bus = request.match_info["track_id"], signed_in(request), request.app[BUS]
    given = body.given()
    if not given:
        raise Invalid("Say what to change.", [Fault("#", "name at least one field")])

    def write(connection: Connection) -> None:
        track = _mine(connection, track_id, who)
        _require_version(request, track)
        store.change(connection, track_id, **given)
        outbox.record(connection, bus.origin, [Announcement(topic(track_id), CHANGED)])

    await request.app[DATABASE].write(write)
    bus.publish(topic(track_id), CHANGED)
    return await _answer(request, Viewer(principal=who))


@routes.delete(
    "/api/v1/tracks/{track_id}",
    summary="Delete a track with everything that was made of it",
    access=Access.CREATOR,
    answers={204: None},
)
async def remove(request: web.Request) -> web.Response:
    """Its owner may, and moderators; work on it stops."""
    track_id, who, bus = request.match_info["track_id"], signed_in(request), request.app[BUS]

    def write(connection: Connection) -> None:
        track = _mine(connection, track_id, who, moderators=True)
        _require_version(request, track)
        if track.job_id is not None:
            jobs.cancel(connection, track.job_id)
        store.remove(connection, track_id)
        unclaimed.give_up(connection, keys.track(track_id))  # a worker may still be writing
        outbox.record(connection, bus.origin, [Announcement(topic(track_id), GONE)])

    await request.app[DATABASE].write(write)
    bus.publish(topic(track_id), GONE)
    await request.app[STORAGE].delete_prefix(keys.track(track_id))
    return web.Response(status=204)


@routes.get(
    "/api/v1/tracks/{track_id}/events",
    summary="Follow the work on a track",
    access=Access.PUBLIC,
    auth=(Auth.BEARER, Auth.LINK),
    answers={200: Binary("text/event-stream")},
)
async def events(request: web.Request) -> web.StreamResponse:
    """Server-Sent Events: `state`, `peaks` and `track`; ends when the track is ready or failed."""
    return await follow(request, request.match_info["track_id"], _viewer(request))


async def _answer(request: web.Request, viewer: Viewer) -> web.Response:
    found = await visible(request, request.match_info["track_id"], viewer)
    shown_now = await resource(request, found.id, viewer)
    if shown_now is None:
        raise TrackNotFound("There is no such track.")
    answer = rendered(shown_now)
    answer.etag = found.etag
    return answer


def _viewer(request: web.Request) -> Viewer:
    return request.app[LINKS].viewer(request)


def _mine(
    connection: Connection, track_id: str, who: Principal, *, moderators: bool = False
) -> Track:
    """Return a track that this user may change."""
    track = store.find(connection, track_id)
    viewer = Viewer(principal=who)
    if track is None or not viewer.sees(track):
        raise TrackNotFound("There is no such track.")
    allowed = moderators and may(who.role, Permission.DELETE_ANY_TRACK)
    if not (viewer.owns(track) or allowed):
        raise NotYourTrack("This track is somebody else's.")
    return track


def _require_version(request: web.Request, track: Track) -> None:
    """If-Match compares strongly (RFC 9110, 13.1.1)."""
    wanted = request.if_match
    if wanted is None:
        return
    if not any(tag.value in {"*", track.etag} and not tag.is_weak for tag in wanted):
        raise TrackChanged("The track was changed in the meantime. Read it again.")
