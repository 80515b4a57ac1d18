"""The addresses of a track, and the tokens that open those of private tracks and previews.

One token for `/hls/{id}/`, one for `/api/v1/tracks/{id}/`: whoever has one sees the track as its
owner hears it, below that path and until it expires.
"""

from __future__ import annotations

import time

from aiohttp import web

from server.http.principal import principal
from server.settings import SETTINGS
from server.tracks.model import LOSSLESS_RUNG, Track, Viewer, Visibility
from storage import PathTokens

LIFETIME = 24 * 60 * 60  # seconds: a page that stays open over night still plays


class Links:
    """Writes and checks addresses of tracks."""

    def __init__(self, secret: bytes, public_url: str | None) -> None:
        self._tokens = PathTokens(secret)
        self._base = public_url or ""

    def viewer(self, request: web.Request) -> Viewer:
        """Return who asks, and whether by a link that opens this path."""
        path = request.path
        if path.startswith("/v1/"):
            path = f"/api{path}"
        if "s" not in request.query:
            return Viewer(principal=principal(request))
        valid = self._tokens.verify(path, request.query, now=int(time.time()))
        until = int(request.query["e"]) if valid else None
        return Viewer(principal=principal(request), link_until=until)

    def media_query(self, track: Track, viewer: Viewer) -> str:
        """Return the token for `/hls/{id}/`, "" where none is needed."""
        return self._query(track, viewer, _folders(track.id)[0])

    def urls(self, track: Track, viewer: Viewer) -> dict[str, str | None]:
        """Return where everything of the track is found."""
        hls, api = _folders(track.id)
        media = _suffix(self._query(track, viewer, hls))
        files = self._query(track, viewer, api)
        original = "&".join(part for part in ("format=original", files) if part)
        lossless = LOSSLESS_RUNG in track.rungs
        return {
            "hls": f"{self._base}{hls}master.m3u8{media}",
            "lossless": f"{self._base}{hls}lossless.m3u8{media}" if lossless else None,
            "dash": None,
            "waveform": f"{self._base}{api}waveform.json{_suffix(files)}"
            if track.analysed
            else None,
            "download": f"{self._base}{api}stream?{original}",
            "cover": f"{self._base}{api}cover{_suffix(files)}" if track.cover_type else None,
            "events": f"{self._base}{api}events{_suffix(files)}",
        }

    def _query(self, track: Track, viewer: Viewer, folder: str) -> str:
        private = track.visibility is Visibility.PRIVATE
        early = track.revision == 0 and viewer.hears_early(track)
        if not (private or early):
            return ""
        if viewer.owns(track):
            return self._tokens.sign(folder, expires=int(time.time()) + LIFETIME)
        # a link leads on, and never beyond its own end
        return self._tokens.sign(folder, expires=viewer.link_until or 0)


LINKS = web.AppKey("links", Links)


def links_of(app: web.Application) -> Links:
    return Links(app[SETTINGS].secret_key, app[SETTINGS].public_url)


def _folders(track_id: str) -> tuple[str, str]:
    return f"/hls/{track_id}/", f"/api/v1/tracks/{track_id}/"


def _suffix(query: str) -> str:
    return f"?{query}" if query else ""
