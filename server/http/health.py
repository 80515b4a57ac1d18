"""Is it up: `/health` for people, `/livez` and `/readyz` for orchestrators, `/metrics`.

Slices register what they depend on: `app[HEALTH].register("disk", check)`. A degraded service
never makes the server unready; a database that is away does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import TypeAlias

import structlog
from aiohttp import web
from pydantic import BaseModel
from sqlalchemy import Connection, select

from server.database import DATABASE
from server.http.draining import DRAINING
from server.http.exposition import exposed
from server.http.routes import Access, Binary, Routes, rendered
from server.version import houle_version

CACHED_SECONDS = 1.0
PATIENCE = 2.0  # seconds a check may take

log = structlog.get_logger()
routes = Routes("health")


class State(StrEnum):
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


Check: TypeAlias = Callable[[], Awaitable[State]]


class HealthReport(BaseModel):
    """What works, what does not."""

    status: State
    version: str
    database: State
    services: Mapping[str, State]


class Health:
    """The checks that were registered, and the last report."""

    def __init__(self, database: Check) -> None:
        self._database = database
        self._checks: dict[str, Check] = {}
        self._report: HealthReport | None = None
        self._until = 0.0
        self._looking = asyncio.Lock()

    def register(self, name: str, check: Check) -> None:
        """Show `name` among the services."""
        self._checks[name] = check

    async def report(self) -> HealthReport:
        """Return a report at most a second old, however many ask."""
        async with self._looking:  # who comes meanwhile waits for what the first one finds
            if self._report is None or time.monotonic() >= self._until:
                self._report = await self._look()
                self._until = time.monotonic() + CACHED_SECONDS
            return self._report

    async def _look(self) -> HealthReport:
        async with asyncio.TaskGroup() as group:
            database = group.create_task(_checked("database", self._database))
            services = {
                name: group.create_task(_checked(name, check))
                for name, check in self._checks.items()
            }
        states = {name: task.result() for name, task in services.items()}
        return HealthReport(
            status=_overall(database.result(), states),
            version=houle_version(),
            database=database.result(),
            services=states,
        )


HEALTH = web.AppKey("health", Health)


def setup(app: web.Application) -> None:
    """Add the routes and the database's own check."""
    database = app[DATABASE]

    async def answers() -> State:
        await database.read(_one)
        return State.UP

    app[HEALTH] = Health(answers)
    routes.setup(app)


@routes.get(
    "/health",
    answers={200: HealthReport, 503: HealthReport},
    access=Access.OPEN,
    summary="What works and what does not",
)
async def health(request: web.Request) -> web.Response:
    report = await request.app[HEALTH].report()
    return rendered(report, status=503 if report.status is State.DOWN else 200)


@routes.get("/livez", answers={200: Binary("text/plain")}, access=Access.OPEN, summary="Alive")
async def livez(_request: web.Request) -> web.Response:
    return web.Response(text="alive\n")


@routes.get(
    "/readyz",
    answers={200: Binary("text/plain"), 503: Binary("text/plain")},
    access=Access.OPEN,
    summary="Ready for requests",
)
async def readyz(request: web.Request) -> web.Response:
    if request.app[DRAINING].begun.is_set():
        return web.Response(status=503, text="draining\n")
    if (await request.app[HEALTH].report()).database is State.DOWN:
        return web.Response(status=503, text="the database is away\n")
    return web.Response(text="ready\n")


@routes.get(
    "/metrics",
    answers={200: Binary("text/plain")},
    access=Access.OPEN,
    summary="Metrics in Prometheus' text form",
)
async def metrics(_request: web.Request) -> web.Response:
    body, content_type = await asyncio.to_thread(exposed)
    return web.Response(body=body, headers={"Content-Type": content_type})


async def _checked(name: str, check: Check) -> State:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check()
    except Exception as error:  # noqa: BLE001 -- whatever it is, the service is down
        log.warning("health check failed", check=name, reason=repr(error))
        return State.DOWN


def _overall(database: State, services: Mapping[str, State]) -> State:
    if database is State.DOWN:
        return State.DOWN
    return State.UP if set(services.values()) <= {State.UP} else State.DEGRADED


def _one(connection: Connection) -> None:
    connection.execute(select(1))
