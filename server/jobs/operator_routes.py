"""What operators see of the queue as a whole: its pools, and who works."""

from __future__ import annotations

from aiohttp import web

from server.database import DATABASE
from server.http.routes import Access, Routes
from server.jobs import pools, presence
from server.jobs.overview import PoolList, PoolResource, WorkerList, WorkerResource

routes = Routes("jobs")


@routes.get(
    "/api/v1/jobs/counts",
    summary="What waits and runs in each pool, and how many work there",
    access=Access.ADMIN,
    answers={200: PoolList},
)
async def counts(request: web.Request) -> PoolList:
    """Pools in which there is nothing to do and nobody to do it are left out."""
    found = await request.app[DATABASE].read(pools.count)
    return PoolList(items=[PoolResource.of(pool) for pool in found])


@routes.get(
    "/api/v1/workers",
    summary="The workers that are alive",
    access=Access.ADMIN,
    answers={200: WorkerList},
)
async def workers(request: web.Request) -> WorkerList:
    """Those that asked for work within a minute, and those that keep the lease of a job."""
    found = await request.app[DATABASE].read(presence.alive)
    return WorkerList(items=[WorkerResource.of(worker) for worker in found])
