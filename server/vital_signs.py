"""The parts of this machine that `/health` tells of: worker, sandbox, disk."""

from __future__ import annotations

import asyncio

from aiohttp import web

from server import jobs, worker_note
from server.database import DATABASE
from server.disk_floor import disk_floor
from server.http.health import HEALTH, State
from server.http.worker import OWN_POOL
from server.media import STORAGE
from server.settings import SETTINGS


def setup(app: web.Application) -> None:
    """Register the checks."""
    settings, storage = app[SETTINGS], app[STORAGE]

    async def any_worker() -> State:
        alive = await app[DATABASE].read(jobs.presence.alive)
        others = [each for each in alive if OWN_POOL not in each.pools]  # we have that one always
        return State.UP if others else State.DOWN

    async def worker() -> State:
        return State.DOWN if worker_note.read(settings.worker_note) is None else State.UP

    async def sandbox() -> State:
        level = worker_note.read(settings.worker_note)
        if level is None:
            return State.DOWN
        return State.UP if level == "full" else State.DEGRADED

    async def disk() -> State:
        free = await storage.free_bytes()
        floor = await asyncio.to_thread(disk_floor, settings)
        return State.DEGRADED if free is not None and free < floor else State.UP

    if settings.embedded_worker:
        app[HEALTH].register("worker", worker)
        app[HEALTH].register("sandbox", sandbox)
    else:
        app[HEALTH].register("worker", any_worker)
    app[HEALTH].register("disk", disk)
