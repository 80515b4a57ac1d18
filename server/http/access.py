"""Who may call a route: proved once, before its body is read."""

from __future__ import annotations

from enum import Enum

import structlog
from aiohttp import web

from server.errors import Forbidden, SignInRequired
from server.http.principal import AUTHENTICATE, PRINCIPAL, Role, signed_in
from server.http.worker import AUTHENTICATE_WORKER, WORKER


class Access(Enum):
    """The least that a route asks of its caller."""

    OPEN = "open"  # who asks is not even looked at: an expired token may still sign in afresh
    PUBLIC = "public"  # anyone; the handler may look at who it is, and a false token is refused
    SIGNED_IN = "signed_in"
    CREATOR = "creator"  # may make things: user and up, so all but guest and support
    MODERATOR = "moderator"
    ADMIN = "admin"
    WORKER = "worker"  # a worker process, by its own token


_ROLES = {
    Access.CREATOR: frozenset(Role) - {Role.GUEST, Role.SUPPORT},
    Access.MODERATOR: frozenset({Role.MODERATOR, Role.ADMIN}),
    Access.ADMIN: frozenset({Role.ADMIN}),
}


async def admit(request: web.Request, access: Access) -> None:
    """Find out who asks, and refuse whom the route is not for."""
    if access is Access.WORKER:
        await _admit_worker(request)
    elif access is not Access.OPEN:
        await _admit_user(request, access)


async def _admit_user(request: web.Request, access: Access) -> None:
    authenticate = request.config_dict.get(AUTHENTICATE)
    if authenticate is not None and PRINCIPAL not in request:
        found = await authenticate(request)
        if found is not None:
            request[PRINCIPAL] = found
            structlog.contextvars.bind_contextvars(user_id=found.user_id)
    if access is Access.PUBLIC:
        return
    role = signed_in(request).role
    if access in _ROLES and role not in _ROLES[access]:
        raise Forbidden("Your role does not allow this.")


def bearer(request: web.BaseRequest) -> str | None:
    """Return the bearer token of the request, if it has one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    if not token.isascii():  # RFC 6750, 2.1; bytes that are no UTF-8 could not even be hashed
        raise SignInRequired("This is no token.")
    return token.strip()


async def _admit_worker(request: web.Request) -> None:
    found = await request.config_dict[AUTHENTICATE_WORKER](bearer(request) or "")
    if found is None:
        raise SignInRequired("A worker token is needed.")
    request[WORKER] = found
    structlog.contextvars.bind_contextvars(worker=found.name)
