"""Every refusal and every failure as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict

from server import errors
from server.errors import DomainError, Fault
from server.http.request_id import request_id
from server.json import dumps

CONTENT_TYPE = "application/problem+json"

STATUS: Mapping[type[DomainError], int] = {
    errors.BadRequest: 400,
    errors.SignInRequired: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.RequestTimedOut: 408,
    errors.Conflict: 409,
    errors.PreconditionFailed: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.Invalid: 422,
    errors.PreconditionRequired: 428,
    errors.LimitReached: 429,
    errors.Unavailable: 503,
    errors.InsufficientStorage: 507,
}

log = structlog.get_logger()


class FaultShown(BaseModel):
    """Where in the request a fault lies."""

    model_config = ConfigDict(title="Fault")

    pointer: str
    detail: str


class Problem(BaseModel):
    """The shape of every problem, as the OpenAPI document shows it."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FaultShown] | None = None


def status_of(error: DomainError) -> int:
    """Return the status of the nearest known ancestor."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def from_error(request: web.BaseRequest, error: DomainError) -> web.Response:
    """Answer a refusal; the class name is the problem's type."""
    answer = problem(
        request,
        status=status_of(error),
        name=type(error).__name__,
        detail=str(error),
        faults=error.errors if isinstance(error, errors.Invalid) else (),
    )
    if isinstance(error, errors.SignInRequired):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="houle"'
    if isinstance(error, errors.RequestTimedOut):
        answer.force_close()
    if isinstance(error, errors.LimitReached | errors.Unavailable):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def from_http_exception(request: web.BaseRequest, error: web.HTTPException) -> web.Response:
    """Answer what aiohttp refuses by itself: 404, 405, 413 and their kin."""
    status = HTTPStatus(error.status)
    answer = problem(request, status=status, name=status.phrase, detail=_detail(error, status))
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer


def from_bug(request: web.BaseRequest, error: Exception) -> web.Response:
    """Answer what nobody foresaw: the log has the traceback, the client has the request id."""
    log.error("request failed", exc_info=error)
    return problem(
        request,
        status=500,
        name="InternalServerError",
        detail="Something went wrong on the server. It was logged under the request id.",
    )


def problem(
    request: web.BaseRequest,
    *,
    status: int,
    name: str,
    detail: str,
    faults: tuple[Fault, ...] = (),
) -> web.Response:
    """Build the answer; `name` may be a class name or words."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    body: dict[str, Any] = {
        "type": f"urn:houle:problem:{words.lower().replace(' ', '-')}",
        "title": words[:1].upper() + words[1:].lower(),
        "status": status,
        "detail": detail or HTTPStatus(status).description or words,
        "request_id": request_id(request),
    }
    if faults:
        body["errors"] = [asdict(fault) for fault in faults]
    return web.Response(status=status, body=dumps(body), content_type=CONTENT_TYPE)


def _detail(error: web.HTTPException, status: HTTPStatus) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address."
    if isinstance(error, web.HTTPMethodNotAllowed):
        return f"This address answers {', '.join(sorted(error.allowed_methods))}."
    return error.text or status.description
