"""What happened to a job, one row for each change, written in the transaction that made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
)

from server.database import METADATA, now_ms

JOB_EVENTS = Table(
    "job_events",
    METADATA,
    # SQLite counts up only what it calls INTEGER, which holds as much
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("type", String(20), nullable=False),
    Column("attempt", Integer),
    Column("worker_id", String(100)),
    Column("detail", Text),
    Index("ix_job_events_job", "job_id", "id"),
)


# Here and where else jobs are claimed and finished, statements are made once: to put one together
# takes longer than to run it.
_NOTE = insert(JOB_EVENTS).values(at=now_ms())


@dataclass(frozen=True, slots=True)
class JobEvent:
    """A row of job_events."""

    at: int
    type: str
    attempt: int | None
    worker_id: str | None
    detail: str | None


def note(
    connection: Connection,
    job_id: str,
    what: str,
    *,
    attempt: int | None = None,
    worker_id: str | None = None,
    detail: str | None = None,
) -> None:
    told = {"attempt": attempt, "worker_id": worker_id, "detail": detail}
    connection.execute(_NOTE, {"job_id": job_id, "type": what, **told})


def of_job(connection: Connection, job_id: str) -> Sequence[JobEvent]:
    """Return what happened, in order."""
    told = JOB_EVENTS.c
    rows = connection.execute(
        select(told.at, told.type, told.attempt, told.worker_id, told.detail)
        .where(told.job_id == job_id)
        .order_by(told.id)
    )
    return [JobEvent(*row) for row in rows]
