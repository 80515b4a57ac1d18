"""Worker tokens: made in the shell, shown once, scoped to pools, and revoked by name."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from server.database import now_ms
from server.errors import Conflict, Invalid, NotFound
from server.http.worker import OWN_POOL, WorkerIdentity
from server.ids import new_id
from server.workers.table import IN_FORCE, TOKENS

PREFIX = "houlew_"  # also lets scanners of leaked secrets recognise one
_RESERVED = frozenset({"embedded"})  # so is called what the server's own worker does
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


class WorkerNameTaken(Conflict):
    """A token that is in force has this name."""


class WorkerTokenNotFound(NotFound):
    """No token in force has this name."""


@dataclass(frozen=True, slots=True)
class WorkerToken:
    """What is known of a token after it was shown."""

    name: str
    pools: tuple[str, ...]
    created_at: int


def create_token(connection: Connection, name: str, pools: Sequence[str]) -> str:
    """Add a token for these pools and return it; nobody can read it again."""
    if not all(_NAME.fullmatch(each) for each in (name, *pools)) or not pools:
        raise Invalid("Names of workers and pools are letters, digits, dots, dashes; 60 at most.")
    if name.lower() in _RESERVED:
        raise Invalid(f"The server's own worker is called {name}. Choose another name.")
    if OWN_POOL in pools:
        raise Invalid(f"The pool {OWN_POOL} is the server's own; no worker may have it.")
    if _find(connection, name) is not None:
        raise WorkerNameTaken(f"There is a worker token {name} already. Revoke it first.")
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(TOKENS).values(
            id=new_id(),
            name=name,
            token_hash=_hash(token),
            pools=sorted(set(pools)),
            created_at=now_ms(),
        )
    )
    return token


def list_tokens(connection: Connection) -> list[WorkerToken]:
    """Return the tokens that are in force, oldest first."""
    shown = select(TOKENS.c.name, TOKENS.c.pools, TOKENS.c.created_at).where(IN_FORCE)
    rows = connection.execute(shown.order_by(TOKENS.c.created_at, TOKENS.c.id))
    return [WorkerToken(name, tuple(pools), created_at) for name, pools, created_at in rows]


def revoke_token(connection: Connection, name: str) -> None:
    """End a token at once: even what its workers hold, they can neither keep nor finish."""
    found = _find(connection, name)
    if found is None:
        raise WorkerTokenNotFound(f"There is no worker token {name}.")
    connection.execute(update(TOKENS).where(TOKENS.c.id == found).values(revoked_at=now_ms()))


def find_by_token(connection: Connection, token: str) -> WorkerIdentity | None:
    """Return whose token it is, while it is in force."""
    shown = select(TOKENS.c.id, TOKENS.c.name, TOKENS.c.pools)
    row = connection.execute(shown.where(TOKENS.c.token_hash == _hash(token), IN_FORCE)).first()
    return WorkerIdentity(row.id, row.name, frozenset(row.pools)) if row else None


def _find(connection: Connection, name: str) -> str | None:
    return connection.execute(select(TOKENS.c.id).where(TOKENS.c.name == name, IN_FORCE)).scalar()


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()  # 256 random bits need no slow hash
