"""The application: the frame and the slices, joined."""

from __future__ import annotations

from aiohttp import web

from server import accounts, jobs, origin, outbox_tail, tracks, uploads, vital_signs, workers
from server.database import DATABASE, Database
from server.events import BUS, Bus
from server.http import docs, health, loop_lag, middleware
from server.http.deadlines import PACE, Pace
from server.http.page import PAGE, PAGE_FOLDER
from server.http.reading import JSON_LIMIT
from server.http.routes import OPERATIONS
from server.media import STORAGE
from server.settings import SETTINGS, Settings
from storage import Storage


def create_app(settings: Settings, database: Database, storage: Storage) -> web.Application:
    """Build the application; the caller closes the database afterwards."""
    app = web.Application(client_max_size=JSON_LIMIT)
    app[SETTINGS] = settings
    app[DATABASE] = database
    app[STORAGE] = storage
    app[BUS] = Bus()
    app[OPERATIONS] = []
    app[PACE] = Pace()
    app[PAGE] = PAGE_FOLDER
    middleware.setup(app)
    health.setup(app)
    vital_signs.setup(app)
    docs.setup(app)
    app.cleanup_ctx.append(loop_lag.measured)
    app.cleanup_ctx.append(outbox_tail.running)
    accounts.setup(app)
    workers.setup(app)
    jobs.setup(app)  # before tracks, which register their kind of job
    tracks.setup(app)
    uploads.setup(app)
    origin.setup(app)
    app.on_shutdown.append(_end_subscriptions)
    return app


async def _end_subscriptions(app: web.Application) -> None:
    app[BUS].close()
