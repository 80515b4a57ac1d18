"""Access tokens: JWT signed with RS256 and nothing else (RFC 8725, RFC 9068), for 15 minutes."""

from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from server.accounts.model import PERMISSIONS, InvalidToken, User
from server.accounts.signing_keys import SigningKeys
from server.ids import new_id

LIFETIME = 15 * 60  # seconds
LEEWAY = 10  # seconds that the clocks of two servers may differ
AUDIENCE = "houle"
ALGORITHMS = ["RS256"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says; the role is read from the database, where it may have changed."""

    user_id: str
    session_id: str | None


class Tokens:
    """Issues access tokens and reads them."""

    def __init__(self, keys: SigningKeys, issuer: str, clock: Callable[[], float] = time) -> None:
        self._keys = keys
        self._issuer = issuer
        self._clock = clock

    def issue(self, user: User, session_id: str | None = None) -> str:
        """Return a token for the user; `sid` lets a sign-out find the session."""
        now = int(self._clock())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": user.id,
            "roles": [user.role.value],
            "permissions": sorted(PERMISSIONS[user.role]),
            "iat": now,
            "exp": now + LIFETIME,
            "jti": new_id(),
        }
        if session_id is not None:
            claims["sid"] = session_id
        key = self._keys.current
        # the type, so that no other token that we may sign one day passes for this one
        header = {"typ": "at+jwt", "alg": "RS256", "kid": key.kid}
        return jwt.encode(header, claims, key, ALGORITHMS)

    async def read(self, token: str) -> Claims:
        """Return what the token says, or raise InvalidToken."""
        try:
            return await self._claims(token)
        except (JoseError, ValueError) as error:
            raise InvalidToken("The access token is not valid, or no longer.") from error

    async def _claims(self, token: str) -> Claims:
        match jws.extract_compact(token.encode()).headers():
            # exactly as we write it: no other algorithm, no key or address of the sender's choice
            case {"typ": "at+jwt", "alg": "RS256", "kid": str(kid), **others} if not others:
                key = await self._keys.named(kid)
            case _:
                key = None
        if key is None:
            raise ValueError("not one of our access tokens")
        claims = jwt.decode(token, key, ALGORITHMS).claims
        self._rules().validate(claims)
        return Claims(user_id=claims["sub"], session_id=claims.get("sid"))

    def _rules(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            iat={"essential": True},
            exp={"essential": True},
            jti={"essential": True},
        )
