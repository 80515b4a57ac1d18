"""How often someone may try: counted in the database, so that no restart or second server helps.

An attempt is written down before it is made, and taken back only when it succeeded; many at once
count as many. When the database cannot be written, nobody gets in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import Connection, delete, insert, select

from server.accounts.store import ATTEMPTS
from server.database import now_ms
from server.errors import LimitReached
from server.ids import new_id


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in a sliding window."""

    kind: str
    count: int
    seconds: int


LOGIN = Limit("login", 5, 15 * 60)
REGISTER = Limit("register", 3, 60 * 60)
# A refused registration says which names and addresses exist; asking for many is no typing error.
ASK_NAME = Limit("ask-name", 20, 60 * 60)

LONGEST = max(limit.seconds for limit in (LOGIN, REGISTER, ASK_NAME))


class TooManyAttempts(LimitReached):
    """The limit of this account or address is reached."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The attempts written down, or how many seconds to wait."""

    attempts: tuple[str, ...] = ()
    retry_after: int = 0

    def or_raise(self) -> tuple[str, ...]:
        if self.retry_after:
            minutes = -(-self.retry_after // 60)
            raise TooManyAttempts(
                f"Too many attempts. Try again in {minutes} min.", self.retry_after
            )
        return self.attempts


def address_subject(address: str) -> str:
    """Return what counts as one address: an IPv6 customer has at least a /64 to choose from."""
    if not address:
        return "ip:local"  # a Unix socket
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return f"ip:{ip_network((parsed, 64), strict=False)}"
        parsed = parsed.ipv4_mapped
    return f"ip:{parsed}"


def name_subject(key: str) -> str:
    """Return the subject of a name that no account has; people type passwords there."""
    return f"name:{sha256(key.encode()).hexdigest()}"


def admit(connection: Connection, limit: Limit, subjects: Sequence[str]) -> Admission:
    """Write an attempt down for each subject, unless one of them has had its share."""
    now = connection.execute(select(now_ms())).scalar_one()
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.attempted_at < now - LONGEST * 1000))
    wait = max(_wait_ms(connection, limit, subject, now) for subject in subjects)
    if wait > 0:
        return Admission(retry_after=-(-wait // 1000))
    attempts = tuple(new_id() for _ in subjects)
    rows = [
        {"id": attempt, "kind": limit.kind, "subject": subject, "attempted_at": now}
        for attempt, subject in zip(attempts, subjects, strict=True)
    ]
    connection.execute(insert(ATTEMPTS), rows)
    return Admission(attempts)


def take_back(connection: Connection, attempts: Sequence[str]) -> None:
    """Forget attempts that were none: they succeeded, or were never made."""
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.id.in_(attempts)))


def forget(connection: Connection, limit: Limit, subject: str) -> None:
    """Forget every attempt of a subject that has proved itself."""
    mine = (ATTEMPTS.c.kind == limit.kind) & (ATTEMPTS.c.subject == subject)
    connection.execute(delete(ATTEMPTS).where(mine))


def _wait_ms(connection: Connection, limit: Limit, subject: str, now: int) -> int:
    """Return how long until the oldest attempt that fills the window leaves it."""
    recent = (
        select(ATTEMPTS.c.attempted_at)
        .where(
            ATTEMPTS.c.kind == limit.kind,
            ATTEMPTS.c.subject == subject,
            ATTEMPTS.c.attempted_at > now - limit.seconds * 1000,
        )
        .order_by(ATTEMPTS.c.attempted_at.desc())
        .limit(limit.count)
    )
    times = connection.execute(recent).scalars().all()
    return times[-1] + limit.seconds * 1000 - now if len(times) == limit.count else 0
