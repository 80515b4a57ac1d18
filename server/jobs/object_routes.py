"""What workers read and write, over HTTP: the grant of their lease opens it, and nothing else does.

An object comes at once, or in several goes: after a connection that broke, HEAD says in
`Upload-Offset` how much is here, and a PUT with Content-Range goes on. It is there once and for
all when it is there: a second one of its name is not even read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from server.beside import beside
from server.errors import DiskFull, NotFound, TooLarge
from server.http import problem
from server.http.partial_content import content_range, out_of_range, stream
from server.http.ranges import Span, Unsatisfiable, requested
from server.http.routes import Access, Binary, Routes
from server.jobs.arriving import RECEIVED, Received, Stretch, body_of, require_fit
from server.jobs.granted import Granted, NotGranted, granted
from server.jobs.model import LeaseLost
from server.media import STORAGE
from storage import NoSpace, ObjectNotFound, PartMoved

OBJECT = "/internal/objects/{grant}/{name:.+}"
OFFSET = "Upload-Offset"  # as the IETF's draft on resumable uploads calls it
SWEEP_SECONDS = 600.0
_LENGTH = {"Content-Length": "0"}  # without it, clients of HEAD give the connection up

routes = Routes("jobs")
log = structlog.get_logger()


class ObjectGone(NotFound):
    """The object is not, or no longer, in the store."""


def setup(app: web.Application) -> None:
    """Add the routes, and a sweeper of parts that nobody goes on with."""
    app[RECEIVED] = Received()
    app.cleanup_ctx.append(_swept)
    routes.setup(app)


@routes.get(
    OBJECT,
    summary="Read an object of a leased job",
    access=Access.OPEN,
    answers={200: Binary(), 206: Binary()},
    hidden=True,
)
async def fetch(request: web.Request) -> web.StreamResponse:
    given, name = await granted(request), request.match_info["name"]
    key = given.objects.reads.get(name)
    if key is not None:
        return await _sent(request, key)
    if request.method == "HEAD":
        return await _how_far(request, given, name)
    raise NotGranted("This job reads nothing of this name.")


@routes.put(
    OBJECT,
    summary="Write an object of a leased job, once",
    access=Access.OPEN,
    body=Binary(),
    answers={201: None, 200: None, 202: None},
    hidden=True,
)
async def keep(request: web.Request) -> web.Response:
    given, name = await granted(request), request.match_info["name"]
    key, stretch = given.key_to_write(name), Stretch.of(request)
    require_fit(request, given, stretch)
    parts, part = request.app[STORAGE].parts, given.part(name)
    if await parts.is_published(key):
        return web.Response()
    try:
        if stretch.total is None:
            await parts.drop(part)
        size = await parts.append(part, stretch.start, body_of(request, given, stretch.start))
        if stretch.total is not None and size < stretch.total:
            return web.Response(status=202, headers={OFFSET: str(size)})
        await granted(request)  # a zombie whose lease went while it sent publishes nothing
        published = await parts.publish(part, key, size)
    except PartMoved as moved:
        return _moved(request, moved)
    except NoSpace as error:
        raise DiskFull("The server's disk is full.") from error
    except (LeaseLost, TooLarge):
        await parts.drop(part)
        raise
    return web.Response(status=201 if published else 200)


async def _sent(request: web.Request, key: str) -> web.StreamResponse:
    storage = request.app[STORAGE]
    try:
        size = await storage.size(key)
    except ObjectNotFound:
        raise ObjectGone("The object is gone.") from None
    # There is no ETag that If-Range could name.
    asked = None if "If-Range" in request.headers else request.headers.get("Range")
    try:
        span = requested(asked, size)
    except Unsatisfiable:
        return out_of_range(request, size)
    answer = web.StreamResponse(headers={"Accept-Ranges": "bytes", "Cache-Control": "no-store"})
    answer.content_type = "application/octet-stream"
    if span is not None:
        answer.set_status(206)
        answer.headers["Content-Range"] = content_range(span, size)
    return await stream(
        request, answer, span or Span(0, size), lambda start, stop: storage.get(key, start, stop)
    )


async def _how_far(request: web.Request, given: Granted, name: str) -> web.Response:
    """Answer 200 when the object is there for good, 404 with what is here of it otherwise."""
    key, parts = given.key_to_write(name), request.app[STORAGE].parts
    if await parts.is_published(key):
        return web.Response(headers=_LENGTH)
    size = await parts.size(given.part(name))
    return web.Response(status=404, headers={OFFSET: str(size), **_LENGTH})


def _moved(request: web.Request, moved: PartMoved) -> web.Response:
    answer = problem.problem(
        request,
        status=409,
        name="PartMoved",
        detail=f"There are {moved.size} bytes of this object here: go on from there.",
    )
    answer.headers[OFFSET] = str(moved.size)
    return answer


async def _swept(app: web.Application) -> AsyncIterator[None]:
    async with beside(_keep_sweeping(app), "parts-sweeper"):
        yield


async def _keep_sweeping(app: web.Application) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await app[STORAGE].parts.sweep()
        except Exception:
            log.exception("sweeping failed")
