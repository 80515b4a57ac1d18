"""The name a request has in logs, problems and the `X-Request-Id` header."""

import re

from aiohttp import web

from server.ids import new_id

HEADER = "X-Request-Id"
REQUEST_ID = web.RequestKey("request_id", str)

_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")  # nothing that could forge a log line


def request_id(request: web.BaseRequest) -> str:
    """Return the id that the client or proxy sent if it is harmless, else a new one."""
    found = request.get(REQUEST_ID)
    if found is None:
        sent = request.headers.get(HEADER, "")
        found = sent if _ACCEPTED.fullmatch(sent) else new_id()
        request[REQUEST_ID] = found
    return found
