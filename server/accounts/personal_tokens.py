"""Access tokens from the shell: they do not expire, and are shown once and revoked by hand."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from server.accounts.store import ACCESS_TOKENS
from server.database import now_ms
from server.errors import Invalid
from server.ids import new_id

PREFIX = "houle_"  # also lets scanners of leaked secrets recognise one

LABEL_LIMIT = 100


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """What is known of a token after it was shown."""

    id: str
    label: str
    created_at: int


def hash_of(token: str) -> str:
    """Return what is stored; 256 random bits need no slow hash."""
    return sha256(token.encode()).hexdigest()


def create_token(connection: Connection, user_id: str, label: str) -> str:
    """Add a token and return it; nobody can read it again."""
    if len(label) > LABEL_LIMIT:
        raise Invalid(f"A label has at most {LABEL_LIMIT} characters.")
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(ACCESS_TOKENS).values(
            id=new_id(),
            user_id=user_id,
            token_hash=hash_of(token),
            label=label,
            created_at=now_ms(),
        )
    )
    return token


def list_tokens(connection: Connection, user_id: str) -> list[PersonalToken]:
    """Return the tokens of a user that are in force, oldest first."""
    columns = (ACCESS_TOKENS.c.id, ACCESS_TOKENS.c.label, ACCESS_TOKENS.c.created_at)
    in_force = select(*columns).where(
        ACCESS_TOKENS.c.user_id == user_id, ACCESS_TOKENS.c.revoked_at.is_(None)
    )
    rows = connection.execute(in_force.order_by(ACCESS_TOKENS.c.id))
    return [PersonalToken(row.id, row.label, row.created_at) for row in rows]


def revoke_token(connection: Connection, user_id: str, token_id: str) -> bool:
    """End a token; False when the user has none of that id in force."""
    mine = (
        (ACCESS_TOKENS.c.user_id == user_id)
        & (ACCESS_TOKENS.c.id == token_id)
        & ACCESS_TOKENS.c.revoked_at.is_(None)
    )
    ended = update(ACCESS_TOKENS).where(mine).values(revoked_at=now_ms())
    return connection.execute(ended).rowcount == 1
