"""What lets players on other sites use our media: CORS, and errors that are not kept for long."""

from __future__ import annotations

import re

from aiohttp import web

from server.http.routes import Access, Routes
from server.origin.hearing import MediaNotFound

EXPOSED = "Content-Length, Content-Range, Accept-Ranges, Date, Age, ETag, Retry-After"
PREFLIGHT_SECONDS = 7200

_FILES = ("waveform.json", "waveform.dat", "waveform.png", "waveform.svg", "cover", "stream")

_FILE = "|".join(re.escape(name) for name in _FILES)
_SHARED = ("/hls/{path:.+}", f"/api/v1/tracks/{{track_id}}/{{file:{_FILE}}}")

routes = Routes("origin")


async def preflight(_request: web.Request) -> web.Response:
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, Authorization",
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
    return web.Response(status=204, headers=headers)


for _path in _SHARED:
    routes.route(
        "OPTIONS",
        _path,
        summary="What a page of another site may ask",
        access=Access.OPEN,
        answers={204: None},
        hidden=True,
    )(preflight)


@routes.get(
    "/hls/{path:.+}", summary="No such media", access=Access.OPEN, answers={404: None}, hidden=True
)
async def nothing(_request: web.Request) -> web.Response:
    """Without this, an unknown address would say that it only answers to OPTIONS."""
    raise MediaNotFound("There is nothing at this address.")


async def open_to_players(request: web.Request, response: web.StreamResponse) -> None:
    """Add what every answer about media says, errors included, or hls.js could not read them."""
    if not _is_media(request.path):
        return
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"  # for everybody alike, so Vary needs no Origin
    headers["Access-Control-Expose-Headers"] = EXPOSED
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.status >= 400:
        headers["Cache-Control"] = "max-age=1" if response.status == 404 else "no-store"


def _is_media(path: str) -> bool:
    if path.startswith("/hls/"):
        return True
    return path.startswith(("/api/v1/tracks/", "/v1/tracks/")) and path.endswith(_FILES)
