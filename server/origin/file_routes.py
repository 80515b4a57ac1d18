"""What belongs to a track beside its streams: waveform, cover, the file as it was uploaded."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, Field

from server.http.routes import Access, Auth, Binary, Routes
from server.media import STORAGE
from server.origin import waveforms
from server.origin.answers import Sending, send, send_stream
from server.origin.byte_cache import CACHE, Object
from server.origin.compression import send_text
from server.origin.hearing import MediaNotFound, caching
from server.origin.waveforms import Picture, Zoom
from server.tracks import LINKS, Track, visible
from storage import ObjectNotFound, keys

HOUR = "max-age=3600"
SHORT = "max-age=300"
BINARY = "application/octet-stream"

_TYPES = {  # by container, as sniffed; what players have no name for is a download only
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "aiff": "audio/aiff",
    "ogg": "audio/ogg",
    "mp4": "video/mp4",
    "matroska": "video/x-matroska",
}

routes = Routes("origin")
_PLAYED = {"access": Access.PUBLIC, "auth": (Auth.BEARER, Auth.LINK)}


class StreamQuery(BaseModel):
    """Which form of the whole file."""

    format: Annotated[
        Literal["original"], Field(description="`original`: the file as it was uploaded")
    ] = "original"


@routes.get(
    "/api/v1/tracks/{track_id}/waveform.json",
    summary="The waveform as JSON of audiowaveform, version 2, 8 bits",
    query=Zoom,
    answers={200: Binary("application/json")},
    **_PLAYED,
)
async def waveform_json(request: web.Request, query: Zoom) -> web.Response:
    track = await _track(request)
    found = await waveforms.as_json(request, track, query)
    return await _sent_text(request, track, found, "application/json")


@routes.get(
    "/api/v1/tracks/{track_id}/waveform.dat",
    summary="The waveform in audiowaveform's binary form, 8 bits: version 1 for mono, 2 for stereo",
    query=Zoom,
    answers={200: Binary(BINARY), 206: Binary(BINARY)},
    **_PLAYED,
)
async def waveform_dat(request: web.Request, query: Zoom) -> web.Response:
    track = await _track(request)
    return _sent(request, track, await waveforms.as_dat(request, track, query), BINARY)


@routes.get(
    "/api/v1/tracks/{track_id}/waveform.png",
    summary="The waveform as a PNG",
    query=Picture,
    answers={200: Binary("image/png"), 206: Binary("image/png")},
    **_PLAYED,
)
async def waveform_png(request: web.Request, query: Picture) -> web.Response:
    track = await _track(request)
    return _sent(request, track, await waveforms.as_png(request, track, query), "image/png")


@routes.get(
    "/api/v1/tracks/{track_id}/waveform.svg",
    summary="The waveform as an SVG of one path",
    query=Picture,
    answers={200: Binary("image/svg+xml"), 206: Binary("image/svg+xml")},
    **_PLAYED,
)
async def waveform_svg(request: web.Request, query: Picture) -> web.Response:
    track = await _track(request)
    found = await waveforms.as_svg(request, track, query)
    return await _sent_text(request, track, found, "image/svg+xml")


@routes.get(
    "/api/v1/tracks/{track_id}/cover",
    summary="The cover picture",
    answers={200: Binary("image/*"), 206: Binary("image/*")},
    **_PLAYED,
)
async def cover(request: web.Request) -> web.Response:
    track = await _track(request)
    if track.cover_file is None or track.cover_type is None:
        raise MediaNotFound("This track has no cover.")
    key, storage = keys.named(track.id, track.cover_file), request.app[STORAGE]
    try:
        found = await request.app[CACHE].get(key, lambda: storage.read(key))
    except ObjectNotFound:
        raise MediaNotFound("This track has no cover.") from None
    return _sent(request, track, found, track.cover_type)


@routes.get(
    "/api/v1/tracks/{track_id}/stream",
    summary="The whole file",
    query=StreamQuery,
    answers={200: Binary(BINARY), 206: Binary(BINARY)},
    **_PLAYED,
)
async def stream(request: web.Request, query: StreamQuery) -> web.StreamResponse:  # noqa: ARG001
    """The original is sent as a download, byte for byte."""
    track = await _track(request)
    key, storage = keys.original(track.id), request.app[STORAGE]
    try:
        size = await storage.size(key)
    except ObjectNotFound:
        raise MediaNotFound("The original is gone.") from None
    sending = Sending(
        etag=track.sha256,
        size=size,
        content_type=_TYPES.get(track.container or "", BINARY),
        caching=caching(track, SHORT),
        more={"Content-Disposition": attachment(track.file_name)},
    )
    return await send_stream(request, sending, lambda start, stop: storage.get(key, start, stop))


def attachment(name: str) -> str:
    """Name a download for old clients and, by RFC 8187, for those that read Unicode."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%;' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _track(request: web.Request) -> Track:
    viewer = request.app[LINKS].viewer(request)
    return await visible(request, request.match_info["track_id"], viewer)


def _sent(request: web.Request, track: Track, found: Object, content_type: str) -> web.Response:
    sending = Sending(
        etag=found.etag,
        size=len(found.body),
        content_type=content_type,
        caching=caching(track, HOUR),
    )
    return send(request, found.body, sending)


async def _sent_text(
    request: web.Request, track: Track, found: Object, content_type: str
) -> web.Response:
    return await send_text(
        request,
        f"waveform {track.id}",
        found,
        content_type=content_type,
        caching=caching(track, HOUR),
    )
