"""Which workers are alive: those that asked for work lately, and those that keep a lease."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    String,
    Table,
    delete,
    exists,
    insert,
    select,
    update,
)

from server import workers
from server.database import METADATA, Database, now_ms
from server.jobs.model import EMBEDDED, Claimant
from server.jobs.table import JOBS, PROCESSING

ALIVE_MS = 60_000  # since it last asked; a claim waits 30 s at most
NOTED_EVERY = 15.0  # seconds between two notes of one worker
MOST = 10_000  # workers of which this process remembers a note; the oldest is forgotten first
FORGOTTEN_MS = 24 * 3_600_000

WORKERS = Table(
    "workers",
    METADATA,
    Column("id", String(100), primary_key=True),
    Column("holder", String(36), primary_key=True),
    Column("pools", JSON, nullable=False),
    Column("version", String(40), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index("ix_workers_seen", "seen_at"),
)


@dataclass(frozen=True, slots=True)
class LiveWorker:
    """A worker that is there."""

    id: str
    name: str  # of its token
    pools: tuple[str, ...]
    version: str
    seen_at: int
    job_id: str | None  # what it does


class Presence:
    """Notes who asks for work, without a write for every question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def note(self, claimant: Claimant, version: str) -> None:
        key, now = (claimant.holder, claimant.worker_id), time.monotonic()
        if now - self._noted.get(key, -NOTED_EVERY) < NOTED_EVERY:
            return
        self._noted[key] = now
        self._noted.move_to_end(key)
        if len(self._noted) > MOST:
            self._noted.popitem(last=False)
        await self._database.write(see, claimant, version)


PRESENCE = web.AppKey("presence", Presence)


def see(connection: Connection, claimant: Claimant, version: str) -> None:
    """Note that a worker lives."""
    its = (WORKERS.c.id == claimant.worker_id) & (WORKERS.c.holder == claimant.holder)
    told = {"pools": list(claimant.pools), "version": version, "seen_at": now_ms()}
    if not connection.execute(update(WORKERS).where(its).values(**told)).rowcount:
        keys = {"id": claimant.worker_id, "holder": claimant.holder}
        connection.execute(insert(WORKERS).values(**keys, **told))


def alive(connection: Connection) -> Sequence[LiveWorker]:
    """Return who is there; a token that was revoked takes its workers with it."""
    tokens = workers.TOKENS
    job = select(JOBS.c.id).where(_does()).limit(1).scalar_subquery()
    trusted = (WORKERS.c.holder == EMBEDDED) | tokens.c.revoked_at.is_(None)
    rows = connection.execute(
        select(WORKERS, tokens.c.name.label("name"), job.label("job_id"))
        .outerjoin_from(WORKERS, tokens, tokens.c.id == WORKERS.c.holder)
        .where(trusted & ((WORKERS.c.seen_at > now_ms() - ALIVE_MS) | _is_busy()))
        .order_by(WORKERS.c.id)
    )
    return [
        LiveWorker(
            row.id, row.name or row.holder, tuple(row.pools), row.version, row.seen_at, row.job_id
        )
        for row in rows
    ]


def forget(connection: Connection) -> int:
    """Forget workers that have not asked for a day and have nothing to do; return how many."""
    gone = WORKERS.c.seen_at < now_ms() - FORGOTTEN_MS
    return connection.execute(delete(WORKERS).where(gone, ~_is_busy())).rowcount


def _does() -> ColumnElement[bool]:
    """Tell whether a job is this worker's."""
    return (JOBS.c.worker_id == WORKERS.c.id) & (JOBS.c.holder == WORKERS.c.holder) & PROCESSING


def _is_busy() -> ColumnElement[bool]:
    """Tell whether it keeps a lease: who beats does not ask for work meanwhile."""
    return exists().where(_does(), JOBS.c.lease_until > now_ms())
