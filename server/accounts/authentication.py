"""Who asks: an access token read, and its user looked up."""

from collections.abc import Callable
from time import monotonic
from typing import TypeAlias

from aiohttp import web
from sqlalchemy import Connection

from server.accounts import store
from server.accounts.model import InvalidToken, User
from server.accounts.personal_tokens import PREFIX, hash_of
from server.accounts.recent import Recent
from server.accounts.tokens import Tokens
from server.database import Database
from server.http.access import bearer
from server.http.principal import Principal

FRESH = 10.0  # seconds for which a role change, a closed account or a revoked token may go unseen
SIZE = 10_000  # users and tokens remembered, about 1 kB each

Finder: TypeAlias = Callable[[Connection, str], User | None]


class Authentication:
    """Fills `app[AUTHENTICATE]`: the frame asks it once a request."""

    def __init__(
        self, database: Database, tokens: Tokens, clock: Callable[[], float] = monotonic
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._users: Recent[str, User] = Recent(FRESH, SIZE, clock)

    async def __call__(self, request: web.Request) -> Principal | None:
        """Return who asks, None for a guest; a token that is not valid is refused."""
        token = bearer(request)
        if token is None:
            return None
        if token.startswith(PREFIX):
            user = await self._user(store.find_by_access_token, hash_of(token))
        else:
            claims = await self._tokens.read(token)
            user = await self._user(store.find_user, claims.user_id)
        if user is None or user.disabled:
            raise InvalidToken("The access token is not valid, or no longer.")
        return Principal(user.id, user.username, user.role)

    async def _user(self, find: Finder, key: str) -> User | None:
        user = self._users.get(key)
        if user is None:
            user = await self._database.point(find, key)
            if user is not None:
                self._users.put(key, user)
        return user
