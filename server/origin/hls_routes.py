"""HLS over HTTP: playlists from rows, init and media segments from the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from server.http.routes import Access, Auth, Binary, Routes
from server.media import STORAGE
from server.origin import playlists
from server.origin.answers import Sending, send
from server.origin.byte_cache import CACHE, Object
from server.origin.compression import send_text
from server.origin.hearing import (
    CHANGING,
    FINAL_PLAYLIST,
    IMMUTABLE,
    UNVERSIONED,
    Hearing,
    MediaNotFound,
    NotPlayableYet,
    caching,
    hearing,
)
from server.origin.holding import HOLDS
from server.tracks import (
    LINKS,
    PREVIEW,
    RUNGS,
    Rendition,
    Track,
    TrackState,
    visible,
)
from storage import ObjectNotFound, keys

PLAYLIST = "application/vnd.apple.mpegurl"
INIT = "audio/mp4"
SEGMENT = "video/iso.segment"  # registered for all of ISO BMFF's segments, sound too
RENDERED_INLINE = 200  # segments; longer playlists are rendered in a thread

routes = Routes("origin")
_PLAYED = {"access": Access.PUBLIC, "auth": (Auth.BEARER, Auth.LINK)}


class Versioned(BaseModel):
    """Which revision is asked for; its answers never change."""

    v: Annotated[int | None, Field(ge=0, le=1_000_000)] = None


@routes.get(
    "/hls/{track_id}/master.m3u8",
    summary="The lossy renditions",
    answers={200: Binary(PLAYLIST)},
    **_PLAYED,
)
async def master(request: web.Request) -> web.Response:
    heard = await hearing(request)
    return await _multivariant(request, heard, [e for e in heard.ready if not e.lossless])


@routes.get(
    "/hls/{track_id}/lossless.m3u8",
    summary="The lossless rendition",
    answers={200: Binary(PLAYLIST)},
    **_PLAYED,
)
async def lossless(request: web.Request) -> web.Response:
    heard = await hearing(request)
    return await _multivariant(request, heard, [e for e in heard.renditions if e.lossless])


@routes.get(
    "/hls/{track_id}/{rung}/media.m3u8",
    summary="The segments of a rendition",
    answers={200: Binary(PLAYLIST)},
    **_PLAYED,
)
async def media(request: web.Request) -> web.Response:
    """Complete as soon as the length is known; before that its owner gets a growing one."""
    heard = await hearing(request)
    rendition = heard.rendition(request.match_info["rung"])
    query = request.app[LINKS].media_query(heard.track, heard.viewer)
    if heard.revision == PREVIEW:
        return await _text(request, heard, lambda: playlists.growing(rendition, query))
    samples = rendition.samples
    if samples is None:
        raise NotPlayableYet("This quality is still being made.")
    name = f"{heard.track.id} {rendition.revision} {rendition.rung} {samples} {query}"
    long = samples > RENDERED_INLINE * rendition.segment_samples

    async def load() -> bytes:
        if long:
            text = await asyncio.to_thread(playlists.complete, rendition, samples, query)
        else:
            text = playlists.complete(rendition, samples, query)
        return text.encode()

    found = await request.app[CACHE].get(f"playlist {name}", load)
    return await _playlist(request, heard, found)


@routes.get(
    "/hls/{track_id}/{rung}/init.mp4",
    summary="The init segment of a rendition",
    query=Versioned,
    answers={200: Binary(INIT), 206: Binary(INIT)},
    **_PLAYED,
)
async def init(request: web.Request, query: Versioned) -> web.Response:
    return await _media_object(request, query.v, None, INIT)


@routes.get(
    r"/hls/{track_id}/{rung}/{n:\d{1,6}}.m4s",
    summary="A media segment",
    query=Versioned,
    answers={200: Binary(SEGMENT), 206: Binary(SEGMENT)},
    **_PLAYED,
)
async def segment(request: web.Request, query: Versioned) -> web.Response:
    """One that is promised and not made yet is waited for, 10 seconds at most."""
    return await _media_object(request, query.v, int(request.match_info["n"]), SEGMENT)


async def _multivariant(
    request: web.Request, heard: Hearing, renditions: list[Rendition]
) -> web.Response:
    if not renditions:
        raise MediaNotFound("The track has no such rendition.")
    query = request.app[LINKS].media_query(heard.track, heard.viewer)
    default = heard.track.default_rung
    return await _text(
        request, heard, lambda: playlists.multivariant(renditions, default=default, query=query)
    )


async def _text(request: web.Request, heard: Hearing, render: Callable[[], str]) -> web.Response:
    body = render().encode()
    return await _playlist(request, heard, Object.of(body))


async def _playlist(request: web.Request, heard: Hearing, found: Object) -> web.Response:
    final = all(each.finished for each in heard.renditions)  # what is declared is measured then
    return await send_text(
        request,
        "playlist",
        found,
        content_type=PLAYLIST,
        caching=heard.caching(FINAL_PLAYLIST if final else CHANGING),
    )


async def _media_object(
    request: web.Request, version: int | None, n: int | None, content_type: str
) -> web.Response:
    rung = request.match_info["rung"]
    if rung not in RUNGS:
        raise MediaNotFound("There is no such quality.")
    viewer = request.app[LINKS].viewer(request)
    track = await visible(request, request.match_info["track_id"], viewer)
    if version == PREVIEW and not viewer.hears_early(track):
        raise MediaNotFound("There is no such media.")
    revision = await _current(request, rung) if version is None else version
    found = await _found(request, track, revision, rung, n)
    what = UNVERSIONED if version is None else IMMUTABLE
    sending = Sending(
        etag=found.etag,
        size=len(found.body),
        content_type=content_type,
        caching=caching(track, what, revision=revision),
    )
    return send(request, found.body, sending)


async def _current(request: web.Request, rung: str) -> int:
    return (await hearing(request)).rendition(rung).revision


async def _found(
    request: web.Request, track: Track, revision: int, rung: str, n: int | None
) -> Object:
    """Return the object, waiting for it where rows promise it."""
    if n is None:
        key = keys.init(track.id, revision, rung)
    else:
        key = keys.segment(track.id, revision, rung, n)
    cache, storage = request.app[CACHE], request.app[STORAGE]

    async def read() -> Object:
        return await cache.get(key, lambda: storage.read(key))

    try:
        return await read()
    except ObjectNotFound:
        await _require_promised(request, track, revision, rung, n)
        return await request.app[HOLDS].until_there(track.id, read)


async def _require_promised(
    request: web.Request, track: Track, revision: int, rung: str, n: int | None
) -> None:
    if track.state is not TrackState.FAILED:
        heard = await hearing(request)
        here = [e for e in heard.every if (e.revision, e.rung) == (revision, rung)]
        promised = [each for each in here if not each.finished]
        if any(n is None or each.segments is None or n < each.segments for each in promised):
            return
    raise MediaNotFound("There is no such media.")
