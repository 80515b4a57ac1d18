"""The leases over HTTP, for worker processes; 409 tells a worker that it lost its lease."""

from __future__ import annotations

from aiohttp import web

from server.http.routes import Access, Routes, rendered
from server.jobs import people_routes, reaper
from server.jobs.kinds import KINDS
from server.jobs.leases import LEASES, leases_of
from server.jobs.messages import (
    Beat,
    Beaten,
    Claim,
    Fail,
    Finish,
    Leased,
    Release,
    Report,
    TakenBack,
)
from server.jobs.model import Failure

routes = Routes("jobs")


def setup(app: web.Application) -> None:
    """Add the queue to the application; slices register their kinds of jobs afterwards."""
    app[KINDS] = {}
    app[LEASES] = leases_of(app)
    app.cleanup_ctx.append(reaper.running)
    routes.setup(app)
    people_routes.routes.setup(app)


@routes.post(
    "/internal/jobs/claim",
    summary="Lease the next job",
    access=Access.WORKER,
    body=Claim,
    answers={200: Leased, 204: None},
    hidden=True,
)
async def claim(request: web.Request, body: Claim) -> web.Response:
    job = await request.app[LEASES].claim(
        body.pools,
        body.worker_id,
        body.wait_seconds,
        listening=lambda: request.transport is not None and not request.transport.is_closing(),
    )
    return rendered(Leased.of(job)) if job is not None else web.Response(status=204)


@routes.post(
    "/internal/jobs/{job_id}/beat",
    summary="Renew a lease",
    access=Access.WORKER,
    body=Beat,
    answers={200: Beaten},
    hidden=True,
)
async def beat(request: web.Request, body: Beat) -> Beaten:
    cancel = await request.app[LEASES].beat(
        _job_id(request), body.token, progress=body.progress, step=body.step
    )
    return Beaten(cancel=cancel)


@routes.post(
    "/internal/jobs/{job_id}/report",
    summary="Tell facts while the job runs",
    access=Access.WORKER,
    body=Report,
    answers={204: None},
    hidden=True,
)
async def report(request: web.Request, body: Report) -> web.Response:
    await request.app[LEASES].report(_job_id(request), body.token, body.facts)
    return web.Response(status=204)


@routes.post(
    "/internal/jobs/{job_id}/finish",
    summary="End a job with success",
    access=Access.WORKER,
    body=Finish,
    answers={204: None},
    hidden=True,
)
async def finish(request: web.Request, body: Finish) -> web.Response:
    await request.app[LEASES].finish(_job_id(request), body.token, body.result)
    return web.Response(status=204)


@routes.post(
    "/internal/jobs/{job_id}/fail",
    summary="End an attempt without success",
    access=Access.WORKER,
    body=Fail,
    answers={204: None},
    hidden=True,
)
async def fail(request: web.Request, body: Fail) -> web.Response:
    failure = Failure(body.code, body.message)
    await request.app[LEASES].fail(_job_id(request), body.token, failure, retryable=body.retryable)
    return web.Response(status=204)


@routes.post(
    "/internal/jobs/{job_id}/release",
    summary="Hand a job back unharmed",
    access=Access.WORKER,
    body=Release,
    answers={204: None},
    hidden=True,
)
async def release(request: web.Request, body: Release) -> web.Response:
    await request.app[LEASES].release(_job_id(request), body.token)
    return web.Response(status=204)


@routes.post(
    "/internal/workers/{worker_id}/lost",
    summary="Take back what a dead worker held",
    access=Access.WORKER,
    answers={200: TakenBack},
    hidden=True,
)
async def lost(request: web.Request) -> TakenBack:
    return TakenBack(jobs=await request.app[LEASES].worker_lost(request.match_info["worker_id"]))


def _job_id(request: web.Request) -> str:
    return request.match_info["job_id"]
