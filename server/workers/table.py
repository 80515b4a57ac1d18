"""The table of worker tokens."""

from sqlalchemy import JSON, BigInteger, Column, Index, String, Table

from server.database import METADATA

TOKENS = Table(
    "worker_tokens",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("pools", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
IN_FORCE = TOKENS.c.revoked_at.is_(None)
Index(
    "uq_worker_tokens_name",
    TOKENS.c.name,
    unique=True,
    sqlite_where=IN_FORCE,
    postgresql_where=IN_FORCE,
)
