"""What happens around every request: its id, one log line, its metrics, problems for failures."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog
from aiohttp import web

from server.errors import DomainError, NotFound
from server.http import deadlines, page, problem, security_headers
from server.http.client import client_address
from server.http.connection import Connection
from server.http.draining import DRAINING, Draining, close_afterwards
from server.http.request_id import HEADER, request_id
from server.metrics import HTTP_IN_FLIGHT, HTTP_REQUESTS, HTTP_SECONDS
from server.settings import SETTINGS

Next: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger("access")

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_ON_BOTH = frozenset({"/livez", "/readyz", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def setup(app: web.Application) -> None:
    """Put the frame around all routes."""
    app[DRAINING] = Draining()
    app.middlewares.append(frame)
    app.on_response_prepare.append(_identify)
    app.on_response_prepare.append(security_headers.add)
    app.on_response_prepare.append(close_afterwards)


@web.middleware
async def frame(request: web.Request, handler: Next) -> web.StreamResponse:
    """Answer every request exactly once, and say so in the log."""
    started = time.perf_counter()
    status = 499  # as nginx writes when the client went away before the answer
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id(request), **_trace(request))
    HTTP_IN_FLIGHT.inc()
    try:
        with request.config_dict[DRAINING].in_hand():
            answer = await _answered(request, handler)
        status = answer.status
        return answer
    finally:
        HTTP_IN_FLIGHT.dec()
        _note(request, status, time.perf_counter() - started)


async def _answered(request: web.Request, handler: Next) -> web.StreamResponse:
    try:
        _require_way_in(request)
        async with deadlines.watched(request):
            return await handler(request)
    except DomainError as error:
        return problem.from_error(request, error)
    except web.HTTPException as error:
        return _refused(request, error)
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception as error:
        if request.writer.output_size:  # too late for another answer
            structlog.get_logger().error("answer broken off", exc_info=error)
            raise ConnectionResetError from error
        return problem.from_bug(request, error)


def _require_way_in(request: web.Request) -> None:
    """A way in of the workers' own leads to `/internal`, and then no other does."""
    if request.config_dict[SETTINGS].internal_port is None:
        return
    inner = isinstance(request.protocol, Connection) and request.protocol.inner
    wanted = request.path.startswith("/internal/")
    if wanted != inner and not (inner and request.path in _ON_BOTH):
        raise NotFound("There is nothing at this address.")


def _trace(request: web.Request) -> dict[str, str]:
    """Return the trace that the caller belongs to (W3C Trace Context)."""
    found = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    return {"trace_id": found[1]} if found else {}


def _refused(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        raise error
    if error.status == 404 and error is request.match_info.http_exception:
        shown = page.answer(request)  # no route knows the address; the page may
        if shown is not None:
            return shown
    return problem.from_http_exception(request, error)


def _note(request: web.Request, status: int, seconds: float) -> None:
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "unmatched"
    method = request.method if request.method in _METHODS else "other"
    HTTP_REQUESTS.labels(method, route, status).inc()
    HTTP_SECONDS.labels(method, route).observe(seconds)
    log.info(
        "request",
        method=method,
        path=request.path,
        query=dict(request.query),
        route=route,
        status=status,
        duration_ms=round(seconds * 1000, 2),
        client=client_address(request),
    )


async def _identify(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault(HEADER, request_id(request))
