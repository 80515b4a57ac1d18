"""The tables of accounts, and the users among them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    insert,
    select,
    update,
)

from server.accounts.model import EmailTaken, User, UsernameTaken, email_key, username_key
from server.database import METADATA, now_ms
from server.http.principal import Role

USERS = Table(
    "users",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("username", String(50), nullable=False),
    Column("username_key", String(50), nullable=False, unique=True),
    Column("email", String(254)),
    Column("email_key", String(254), unique=True),
    Column("password_hash", String(255)),  # NULL: no password opens this account
    Column("role", String(20), nullable=False),
    Column("quota_bytes", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

# One row a sign-in, gone when it ends. Its refresh token changes at each use.
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False),
    Column("spent_hash", String(64)),  # the token before, for replies that were lost
    Column("created_at", BigInteger, nullable=False),
    Column("rotated_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

ACCESS_TOKENS = Table(
    "access_tokens",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("label", String(100), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("attempted_at", BigInteger, nullable=False, index=True),
    Index(None, "kind", "subject", "attempted_at"),
)

SIGNING_KEYS = Table(
    "signing_keys",
    METADATA,
    Column("kid", String(64), primary_key=True),
    Column("private_key", LargeBinary, nullable=False),  # sealed, never in the clear
    Column("created_at", BigInteger, nullable=False),
)

VISIBLE = (
    USERS.c.id,
    USERS.c.username,
    USERS.c.email,
    USERS.c.role,
    USERS.c.quota_bytes,
    USERS.c.created_at,
    USERS.c.disabled_at,
)


def find_user(connection: Connection, user_id: str) -> User | None:
    """Return the user with this id."""
    return _one(connection, select(*VISIBLE).where(USERS.c.id == user_id))


def find_by_name(connection: Connection, name: str) -> User | None:
    """Return the user with this name or e-mail address; a name holds no `@`."""
    return _one(connection, select(*VISIBLE).where(_named(name)))


def find_by_access_token(connection: Connection, token_hash: str) -> User | None:
    """Return whose access token this is, unless it was revoked."""
    mine = (ACCESS_TOKENS.c.token_hash == token_hash) & ACCESS_TOKENS.c.revoked_at.is_(None)
    return _one(connection, select(*VISIBLE).join(ACCESS_TOKENS).where(mine))


def find_password(connection: Connection, name: str) -> tuple[User, str | None] | None:
    """Return the user to sign in and the hash to compare with."""
    row = connection.execute(select(*VISIBLE, USERS.c.password_hash).where(_named(name))).first()
    return (user_of(row), row.password_hash) if row else None


def taken(
    connection: Connection, username: str, email: str | None
) -> UsernameTaken | EmailTaken | None:
    """Tell which of the two another account has."""
    name = USERS.c.username_key == username_key(username)
    if connection.execute(select(USERS.c.id).where(name)).first():
        return UsernameTaken(f"The user name {username} is taken.")
    if email is None:
        return None
    address = USERS.c.email_key == email_key(email)
    if connection.execute(select(USERS.c.id).where(address)).first():
        return EmailTaken("An account with this e-mail address exists.")
    return None


def insert_user(
    connection: Connection,
    user_id: str,
    *,
    username: str,
    email: str | None,
    password_hash: str | None,
    role: Role,
) -> User:
    """Add a user whose name and address are free; `taken` in the same transaction says so."""
    if conflict := taken(connection, username, email):
        raise conflict
    row = connection.execute(
        insert(USERS)
        .values(
            id=user_id,
            username=username,
            username_key=username_key(username),
            email=email.strip() if email is not None else None,
            email_key=email_key(email) if email is not None else None,
            password_hash=password_hash,
            role=role.value,
            created_at=now_ms(),
        )
        .returning(*VISIBLE)
    ).one()
    return user_of(row)


def set_password_hash(connection: Connection, user_id: str, password_hash: str) -> None:
    """Replace the hash; sessions stay as they are."""
    changed = update(USERS).where(USERS.c.id == user_id).values(password_hash=password_hash)
    connection.execute(changed)


def set_disabled(connection: Connection, user_id: str, *, disabled: bool) -> None:
    """Close an account, or open it again; what it made stays."""
    when = now_ms() if disabled else None
    connection.execute(update(USERS).where(USERS.c.id == user_id).values(disabled_at=when))


def has_admin(connection: Connection) -> bool:
    """Tell whether anybody can administer."""
    found = select(USERS.c.id).where(USERS.c.role == Role.ADMIN.value).limit(1)
    return connection.execute(found).first() is not None


def user_of(row: Row[*tuple[Any, ...]]) -> User:
    """Return the user that a row with the visible columns shows."""
    return User(
        id=row.id,
        username=row.username,
        email=row.email,
        role=Role(row.role),
        quota_bytes=row.quota_bytes,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _named(name: str) -> ColumnElement[bool]:
    if "@" in name:
        return USERS.c.email_key == email_key(name)
    return USERS.c.username_key == username_key(name)


def _one(connection: Connection, query: Select[*tuple[Any, ...]]) -> User | None:
    row = connection.execute(query).first()
    return user_of(row) if row else None
