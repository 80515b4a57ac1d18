"""What clients send to the accounts and get back."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.accounts.model import EMAIL_LIMIT, PASSWORD_LIMIT, PERMISSIONS, User
from server.http.principal import Role

_Name = Annotated[str, Field(min_length=1, max_length=EMAIL_LIMIT)]
_Password = Annotated[str, Field(min_length=1, max_length=PASSWORD_LIMIT)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAccount(_Body):
    """What registration takes."""

    username: Annotated[str, Field(max_length=50)]
    email: Annotated[str, Field(max_length=EMAIL_LIMIT)]
    password: Annotated[str, Field(max_length=PASSWORD_LIMIT)]


class Credentials(_Body):
    """What login takes."""

    username: Annotated[_Name, Field(description="the user name or the e-mail address")]
    password: _Password
    remember: Annotated[bool, Field(description="stay signed in for 90 days, not 30")] = False
    cookie: Annotated[
        bool, Field(description="put the refresh token into an HttpOnly cookie, not the answer")
    ] = False


class RefreshTokenShown(_Body):
    """What refresh and logout take; without a token the cookie is read."""

    refresh_token: Annotated[str, Field(max_length=200)] | None = None


class TokensGiven(BaseModel):
    """What login and refresh answer."""

    access_token: str
    refresh_token: Annotated[str | None, Field(description="null when it is in the cookie")]
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 -- the scheme of RFC 6750
    expires_in: Annotated[int, Field(description="seconds that the access token lasts")]


class Account(BaseModel):
    """A user, as only this user sees it."""

    id: str
    username: str
    email: str | None
    role: Role
    permissions: list[str]
    quota_bytes: int
    created_at: datetime

    @classmethod
    def of(cls, user: User, quota_bytes: int) -> "Account":
        return cls(
            id=user.id,
            username=user.username,
            email=user.email,
            role=user.role,
            permissions=sorted(PERMISSIONS[user.role]),
            quota_bytes=quota_bytes if user.quota_bytes is None else user.quota_bytes,
            created_at=datetime.fromtimestamp(user.created_at / 1000, UTC),
        )


class PublicKey(BaseModel):
    """An RSA key that verifies access tokens (RFC 7517, RFC 7518 6.3.1)."""

    kty: Literal["RSA"]
    use: Literal["sig"]
    alg: Literal["RS256"]
    kid: str
    n: str
    e: str


class KeySet(BaseModel):
    """A JSON Web Key Set (RFC 7517, 5)."""

    keys: list[PublicKey]
