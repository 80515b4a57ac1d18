"""Sign-ins that last: refresh tokens, changed at each use, and what a spent one gives away.

A token is the session's id and 256 random bits; only their hash is stored. Whoever shows a token
of the session that is not the present one has an old copy, or was robbed of the new one: the
session ends for both (RFC 9700, 4.14.2). For 10 seconds the token just spent gets the same answer
again, since replies get lost and pages have several tabs.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from hmac import compare_digest, digest
from secrets import token_bytes
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update

from server.accounts.model import InvalidToken, User
from server.accounts.store import SESSIONS, USERS, VISIBLE, user_of
from server.database import now_ms

DAY = 24 * 60 * 60 * 1000  # ms
LIFETIME = 30 * DAY  # of the whole session, however often it is renewed
LIFETIME_REMEMBERED = 90 * DAY
GRACE = 10_000  # ms

_TOKEN_BYTES = 16 + 32


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Which session, and the proof; opaque to everyone else."""

    session_id: str
    secret: bytes

    @classmethod
    def fresh(cls, session_id: str) -> Self:
        return cls(session_id, token_bytes(32))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote, or raise InvalidToken."""
        try:
            raw = urlsafe_b64decode(text.encode("ascii"))
        except ValueError:
            raw = b""
        if len(raw) != _TOKEN_BYTES:
            raise InvalidToken("This is no refresh token.")
        return cls(str(UUID(bytes=raw[:16])), raw[16:])

    def __str__(self) -> str:
        return urlsafe_b64encode(UUID(self.session_id).bytes + self.secret).decode()

    @property
    def hash(self) -> str:
        return sha256(self.secret).hexdigest()

    def successor(self, key: bytes) -> Self:
        """Return the token that follows; derived, so that a lost reply can be given again."""
        return type(self)(self.session_id, digest(key, str(self).encode(), "sha256"))


class Outcome(Enum):
    """What became of a refresh token that was shown."""

    RENEWED = "renewed"
    REPEATED = "repeated"  # within the grace: the answer of the first time holds
    UNKNOWN = "unknown"  # never was, expired or signed out
    REUSED = "reused"  # and therefore the session was ended


@dataclass(frozen=True, slots=True)
class Rotation:
    """The outcome, and the session when it goes on."""

    outcome: Outcome
    user: User | None = None
    lasts_ms: int = 0


def open_session(
    connection: Connection, token: RefreshToken, user_id: str, *, lifetime: int
) -> None:
    """Begin a session; all that are over are swept."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now_ms()))
    connection.execute(
        insert(SESSIONS).values(
            id=token.session_id,
            user_id=user_id,
            token_hash=token.hash,
            created_at=now_ms(),
            rotated_at=now_ms(),
            expires_at=now_ms() + lifetime,
        )
    )


def rotate(connection: Connection, shown: RefreshToken, successor: RefreshToken) -> Rotation:
    """Put the successor in the place of the token shown, if that is the present one."""
    row = _living(connection, shown.session_id)
    if row is None:
        return Rotation(Outcome.UNKNOWN)
    user, lasts_ms = user_of(row), row.expires_at - row.now
    if compare_digest(row.token_hash, shown.hash):
        _replace(connection, shown, successor)
        return Rotation(Outcome.RENEWED, user, lasts_ms)
    if row.spent_hash == shown.hash and row.now - row.rotated_at <= GRACE:
        return Rotation(Outcome.REPEATED, user, lasts_ms)
    end_session(connection, shown.session_id)
    return Rotation(Outcome.REUSED)


def end_session(connection: Connection, session_id: str) -> None:
    """Sign one session out."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.id == session_id))


def end_session_of(connection: Connection, shown: RefreshToken) -> None:
    """Sign out the session that the token proves; whoever knows its id alone ends nothing."""
    proven = (SESSIONS.c.token_hash == shown.hash) | (SESSIONS.c.spent_hash == shown.hash)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.id == shown.session_id, proven))


def end_sessions(connection: Connection, user_id: str) -> int:
    """Sign a user out everywhere; return how many sessions that were."""
    return connection.execute(delete(SESSIONS).where(SESSIONS.c.user_id == user_id)).rowcount


def _living(connection: Connection, session_id: str) -> Row[*tuple[Any, ...]] | None:
    columns = (
        *VISIBLE,
        SESSIONS.c.token_hash,
        SESSIONS.c.spent_hash,
        SESSIONS.c.rotated_at,
        SESSIONS.c.expires_at,
        now_ms().label("now"),
    )
    found = (
        select(*columns)
        .join(USERS)
        .where(
            SESSIONS.c.id == session_id,
            SESSIONS.c.expires_at > now_ms(),
            USERS.c.disabled_at.is_(None),
        )
    )
    return connection.execute(found).first()


def _replace(connection: Connection, shown: RefreshToken, successor: RefreshToken) -> None:
    connection.execute(
        update(SESSIONS)
        .where(SESSIONS.c.id == shown.session_id)
        .values(token_hash=successor.hash, spent_hash=shown.hash, rotated_at=now_ms())
    )
