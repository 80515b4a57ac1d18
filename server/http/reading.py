"""Parsing at the edge: bodies and queries into models, every fault with its pointer."""

from __future__ import annotations

from typing import Any, TypeVar, get_origin

from aiohttp import web
from pydantic import BaseModel, ValidationError

from server.errors import BadRequest, Fault, Invalid, TooLarge, UnsupportedMedia

JSON_LIMIT = 1024**2  # bytes

M = TypeVar("M", bound=BaseModel)


async def read_body(request: web.Request, model: type[M]) -> M:
    """Read a JSON body of at most 1 MiB."""
    if request.content_type != "application/json":
        raise UnsupportedMedia("The body must be application/json.")
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge(f"A JSON body may have {JSON_LIMIT} bytes.") from error
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise _refusal(error, "body") from None


def read_query(request: web.Request, model: type[M]) -> M:
    """Read the query; unknown names are left alone, since signed links carry their own."""
    values: dict[str, Any] = {}
    for name, declared in model.model_fields.items():
        key = declared.alias or name
        if key in request.query:
            many = get_origin(declared.annotation) is list
            values[key] = request.query.getall(key) if many else request.query[key]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _refusal(error, "query") from None


def _refusal(error: ValidationError, part: str) -> BadRequest | Invalid:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return BadRequest(f"The {part} is not JSON: {faults[0]['msg']}.")
    named = [Fault(pointer=_pointer(fault["loc"]), detail=fault["msg"]) for fault in faults]
    first = named[0]
    where = first.pointer.removeprefix("#/") or part
    return Invalid(f"`{where}`: {first.detail}", named)


def _pointer(location: tuple[int | str, ...]) -> str:
    """RFC 6901 as a URI fragment, as RFC 9457 (section 3) shows it."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "#/" + "/".join(parts) if location else "#"
