"""The leases over HTTP, for worker processes; 409 tells a worker that it lost its lease."""

from __future__ import annotations

from aiohttp import web

from jobs.messages import PROTOCOL
from server.database import DATABASE
from server.errors import BadRequest
from server.http.routes import Access, Routes, rendered
from server.http.worker import worker
from server.jobs import grants, object_routes, operator_routes, people_routes, reaper
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
from server.jobs.model import Claimant, Failure, Lease
from server.jobs.presence import PRESENCE, Presence
from server.settings import SETTINGS

routes = Routes("jobs")


class ProtocolRefused(BadRequest):
    """The worker is of another version, and would misunderstand what it is given."""


def setup(app: web.Application) -> None:
    """Add the queue to the application; slices register their kinds of jobs afterwards."""
    app[KINDS] = {}
    app[LEASES] = leases_of(app)
    app[PRESENCE] = Presence(app[DATABASE])
    app.cleanup_ctx.append(reaper.running)
    routes.setup(app)
    operator_routes.routes.setup(app)
    people_routes.routes.setup(app)
    object_routes.setup(app)


@routes.post(
    "/internal/jobs/claim",
    summary="Lease the next job",
    access=Access.WORKER,
    body=Claim,
    answers={200: Leased, 204: None},
    hidden=True,
)
async def claim(request: web.Request, body: Claim) -> web.Response:
    _require_protocol(body)
    who = worker(request)
    who.require_pools(body.pools)
    claimant = Claimant(
        worker_id=body.worker_id,
        pools=body.pools,
        holder=who.holder,
        lease_ms=round(1000 * request.app[SETTINGS].lease_seconds),
    )
    await request.app[PRESENCE].note(claimant, body.version)
    job = await request.app[LEASES].claim(
        claimant,
        body.wait_seconds,
        listening=lambda: request.transport is not None and not request.transport.is_closing(),
    )
    if job is None:
        return web.Response(status=204)
    lease = Lease(job.id, job.token, who.holder)
    return rendered(Leased.of(job, grants.write(request.app[SETTINGS].secret_key, lease)))


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
        _lease(request, body.token), progress=body.progress, step=body.step
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
    await request.app[LEASES].report(_lease(request, body.token), body.facts)
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
    await request.app[LEASES].finish(_lease(request, body.token), body.result)
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
    lease = _lease(request, body.token)
    await request.app[LEASES].fail(lease, failure, retryable=body.retryable)
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
    await request.app[LEASES].release(_lease(request, body.token))
    return web.Response(status=204)


@routes.post(
    "/internal/workers/{worker_id}/lost",
    summary="Take back what a dead worker held",
    access=Access.WORKER,
    answers={200: TakenBack},
    hidden=True,
)
async def lost(request: web.Request) -> TakenBack:
    """A worker tells it of itself when it starts anew; of another's it is not heard."""
    worker_id, holder = request.match_info["worker_id"], worker(request).holder
    return TakenBack(jobs=await request.app[LEASES].worker_lost(worker_id, holder))


def _lease(request: web.Request, token: int) -> Lease:
    return Lease(request.match_info["job_id"], token, worker(request).holder)


def _require_protocol(body: Claim) -> None:
    if body.protocol != PROTOCOL:
        told = f"The worker speaks version {body.protocol or 'none'} of the protocol"
        raise ProtocolRefused(
            f"{told}, this server version {PROTOCOL}. Install the same version of Houle on both."
        )
