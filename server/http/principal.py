"""Who asks: the signed-in user of a request.

The accounts slice proves identity and fills `app[AUTHENTICATE]`; everyone else only reads.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from aiohttp import web

from server.errors import SignInRequired


class Role(StrEnum):
    """What a user may do; `may` says it as a rule."""

    GUEST = "guest"
    USER = "user"
    PREMIUM_USER = "premium_user"
    CREATOR = "creator"
    MODERATOR = "moderator"
    ADMIN = "admin"
    SUPPORT = "support"  # reads what users may read, changes nothing


@dataclass(frozen=True, slots=True)
class Principal:
    """A user whose identity was proved for this request."""

    user_id: str
    username: str
    role: Role


Authenticate: TypeAlias = Callable[[web.Request], Awaitable[Principal | None]]

PRINCIPAL = web.RequestKey("principal", Principal)

# None when the request carries no proof at all; raises SignInRequired when the proof is not valid.
AUTHENTICATE: web.AppKey[Authenticate] = web.AppKey("authenticate")


def principal(request: web.Request) -> Principal | None:
    """Return who asks, or None for a guest."""
    return request.get(PRINCIPAL)


def signed_in(request: web.Request) -> Principal:
    """Return who asks; a guest is refused."""
    found = principal(request)
    if found is None:
        raise SignInRequired("Sign in first.")
    return found
