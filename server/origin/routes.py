"""The origin: what players and caches fetch."""

from __future__ import annotations

from aiohttp import web

from server.origin import byte_cache, file_routes, hls_routes, sharing
from server.origin.byte_cache import CACHE
from server.origin.holding import HOLDS, holds_of


def setup(app: web.Application) -> None:
    """Add the origin to the application."""
    app[CACHE] = byte_cache.cache_of(app)
    app[HOLDS] = holds_of(app)
    app.cleanup_ctx.append(byte_cache.opened)
    app.on_response_prepare.append(sharing.open_to_players)
    hls_routes.routes.setup(app)
    file_routes.routes.setup(app)
    sharing.routes.setup(app)
