"""gzip for playlists and JSON, where the client asks for it (RFC 9110, 12.5.3)."""

from __future__ import annotations

import asyncio
import gzip
import re

from aiohttp import web

from server.origin.answers import Sending, send
from server.origin.byte_cache import CACHE, Object

LEVEL = 6
LEAST = 200  # bytes; below, gzip makes it longer
INLINE = 64 * 1024  # bytes that are compressed on the event loop, in well under a millisecond

_GZIP = re.compile(
    r"(?:^|,)\s*(?:gzip|x-gzip)\s*(?:;\s*q\s*=\s*(?P<q>[0-9.]+)\s*)?(?:,|$)", re.IGNORECASE
)


def accepts_gzip(header: str) -> bool:
    """Tell whether gzip is named, and not with a weight of nought."""
    found = _GZIP.search(header)
    return found is not None and (found["q"] is None or found["q"].strip("0.") != "")


async def send_text(
    request: web.Request, key: str, found: Object, *, content_type: str, caching: str
) -> web.Response:
    """Answer with text, compressed if that was asked for; each form has its own ETag."""
    body, etag = found.body, found.etag
    more = {"Vary": "Accept-Encoding"}
    asked = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    if asked and len(body) >= LEAST and "Range" not in request.headers:
        packed = await request.app[CACHE].get(f"{key} {etag} gzip", lambda: _packed(body))
        body, etag = packed.body, f"{etag}-gzip"
        more["Content-Encoding"] = "gzip"
    sending = Sending(
        etag=etag, size=len(body), content_type=content_type, caching=caching, more=more
    )
    return send(request, body, sending)


async def _packed(body: bytes) -> bytes:
    if len(body) <= INLINE:
        return _gzip(body)
    return await asyncio.to_thread(_gzip, body)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)
