"""The queue is this table: a job's row is its entry, its lease and its outcome.

Times are the database's, and every write of a worker names the token of its lease: a worker that
lost the lease changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    false,
    insert,
    literal,
    select,
    true,
    update,
)

from server.database import METADATA, now_ms, row_locking
from server.ids import new_id
from server.jobs.model import (
    CANCELLED,
    LEASE_SECONDS,
    MAX_ATTEMPTS,
    Failure,
    Job,
    JobState,
    LeaseLost,
    back_off_ms,
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("pool", String(40), nullable=False),
    Column("owner_id", ForeignKey("users.id", ondelete="SET NULL")),
    Column("priority", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),  # how many were begun
    Column("max_attempts", Integer, nullable=False),
    Column("run_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Column("worker_id", String(100)),
    Column("token", Integer, nullable=False),  # of the latest lease; each claim adds one
    Column("cancel_requested", Boolean, nullable=False),
    Column("progress", Float),  # 0 to 1
    Column("step", String(100)),
    Column("payload", JSON, nullable=False),
    Column("error_code", String(60)),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),  # the latest attempt's
    Column("finished_at", BigInteger),
)
# written out in the statement: a partial index is not chosen for a value that comes later
_PENDING = JOBS.c.state == literal(JobState.PENDING.value, literal_execute=True)
_PROCESSING = JOBS.c.state == literal(JobState.PROCESSING.value, literal_execute=True)
Index(
    "ix_jobs_claim",
    JOBS.c.pool,
    JOBS.c.priority,
    JOBS.c.run_at,
    sqlite_where=_PENDING,
    postgresql_where=_PENDING,
)
Index("ix_jobs_lease", JOBS.c.lease_until, sqlite_where=_PROCESSING, postgresql_where=_PROCESSING)

_SHOWN = (
    JOBS.c.id,
    JOBS.c.kind,
    JOBS.c.pool,
    JOBS.c.owner_id,
    JOBS.c.state,
    JOBS.c.attempt,
    JOBS.c.max_attempts,
    JOBS.c.token,
    JOBS.c.cancel_requested,
    JOBS.c.payload,
)


def enqueue(
    connection: Connection,
    kind: str,
    *,
    pool: str,
    payload: Mapping[str, Any],
    owner_id: str | None = None,
    priority: int = 0,
) -> str:
    """Add a job and return its id; `ring` the bell once this is committed."""
    job_id = new_id()
    connection.execute(
        insert(JOBS).values(
            id=job_id,
            kind=kind,
            pool=pool,
            owner_id=owner_id,
            priority=priority,
            state=JobState.PENDING.value,
            attempt=0,
            max_attempts=MAX_ATTEMPTS,
            run_at=now_ms(),
            token=0,
            cancel_requested=false(),
            payload=dict(payload),
            created_at=now_ms(),
        )
    )
    return job_id


def has_claimable(connection: Connection, pools: Sequence[str]) -> bool:
    """Tell whether a claim would find anything: a read, where a claim takes the write lock."""
    return (
        connection.execute(select(JOBS.c.id).where(_claimable(pools)).limit(1)).first() is not None
    )


@row_locking
def claim(connection: Connection, pools: Sequence[str], worker_id: str) -> Job | None:
    """Lease the next job of these pools."""
    next_one = (
        select(JOBS.c.id)
        .where(_claimable(pools))
        .order_by(JOBS.c.priority.desc(), JOBS.c.run_at, JOBS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    leased = (
        update(JOBS)
        .where(JOBS.c.id == next_one, _PENDING)
        .values(
            state=JobState.PROCESSING.value,
            worker_id=worker_id,
            token=JOBS.c.token + 1,
            attempt=JOBS.c.attempt + 1,
            lease_until=_lease_end(),
            started_at=now_ms(),
            progress=None,
            step=None,
        )
        .returning(*_SHOWN)
    )
    row = connection.execute(leased).first()
    return _job(row) if row else None


@row_locking
def beat(
    connection: Connection, job_id: str, token: int, *, progress: float | None, step: str | None
) -> bool:
    """Renew the lease; return whether the worker is asked to stop."""
    told = {"progress": progress, "step": step}
    known = {name: value for name, value in told.items() if value is not None}
    renewed = (
        update(JOBS)
        .where(_leased(job_id, token))
        .values(lease_until=_lease_end(), **known)
        .returning(JOBS.c.cancel_requested)
    )
    row = connection.execute(renewed).first()
    if row is None:
        raise _lost(job_id)
    return bool(row.cancel_requested)


def find_leased(connection: Connection, job_id: str, token: int) -> Job:
    """Return the job if the lease holds; for what is only read."""
    row = connection.execute(select(*_SHOWN).where(_leased(job_id, token))).first()
    if row is None:
        raise _lost(job_id)
    return _job(row)


def hold(connection: Connection, job_id: str, token: int) -> Job:
    """Renew the lease and lock its row until the end of the transaction."""
    renewed = (
        update(JOBS)
        .where(_leased(job_id, token))
        .values(lease_until=_lease_end())
        .returning(*_SHOWN)
    )
    row = connection.execute(renewed).first()
    if row is None:
        raise _lost(job_id)
    return _job(row)


def finish(connection: Connection, job: Job) -> None:
    """End a held job with success."""
    _set(connection, job, state=JobState.SUCCEEDED.value, progress=1.0, finished_at=now_ms())


def fail(connection: Connection, job: Job, failure: Failure) -> None:
    """End a held job for good."""
    _set(
        connection,
        job,
        state=JobState.FAILED.value,
        error_code=failure.code,
        error=failure.message,
        finished_at=now_ms(),
    )


def postpone(connection: Connection, job: Job, failure: Failure) -> None:
    """Put a held job back for its next attempt, after its rest."""
    _set(
        connection,
        job,
        state=JobState.PENDING.value,
        run_at=now_ms() + back_off_ms(job.attempt),
        error_code=failure.code,
        error=failure.message,
    )


def release(connection: Connection, job: Job) -> None:
    """Hand a held job back as if it had not been begun."""
    _set(
        connection,
        job,
        state=JobState.PENDING.value,
        run_at=now_ms(),
        attempt=JOBS.c.attempt - 1,
    )


def has_lapsed(connection: Connection) -> bool:
    """Tell whether a lease ran out."""
    return connection.execute(select(JOBS.c.id).where(_lapsed()).limit(1)).first() is not None


def lapsed(connection: Connection, limit: int = 100) -> list[Job]:
    """Return and lock jobs whose lease ran out; each caller gets others."""
    return _locked(connection, _lapsed(), limit)


def held_by(connection: Connection, worker_id: str, limit: int = 100) -> list[Job]:
    """Return and lock what a worker holds."""
    return _locked(connection, _PROCESSING & (JOBS.c.worker_id == worker_id), limit)


def cancel(connection: Connection, job_id: str) -> Job | None:
    """Ask for an end: a waiting job is over at once, a running one when its worker hears of it.

    Returns the job unless it was over before.
    """
    asked = (
        update(JOBS)
        .where(JOBS.c.id == job_id, _PENDING | _PROCESSING)
        .values(cancel_requested=true())
        .returning(*_SHOWN)
    )
    row = connection.execute(asked).first()
    if row is None:
        return None
    job = _job(row)
    if job.state is JobState.PENDING:
        fail(connection, job, Failure(CANCELLED, "Cancelled."))
    return job


def _set(connection: Connection, job: Job, **values: Any) -> None:  # noqa: ANN401 -- columns
    """Write the outcome of a lease, which ends with it."""
    ended: dict[str, Any] = {"lease_until": None, "worker_id": None, **values}
    connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(**ended))


def _locked(connection: Connection, which: ColumnElement[bool], limit: int) -> list[Job]:
    rows = connection.execute(
        select(*_SHOWN)
        .where(which)
        .order_by(JOBS.c.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_job(row) for row in rows]


def _claimable(pools: Sequence[str]) -> ColumnElement[bool]:
    return _PENDING & JOBS.c.pool.in_(pools) & (JOBS.c.run_at <= now_ms())


def _lapsed() -> ColumnElement[bool]:
    return _PROCESSING & (JOBS.c.lease_until < now_ms())


def _leased(job_id: str, token: int) -> ColumnElement[bool]:
    return (JOBS.c.id == job_id) & (JOBS.c.token == token) & _PROCESSING


def _lease_end() -> ColumnElement[int]:
    return now_ms() + LEASE_SECONDS * 1000


def _lost(job_id: str) -> LeaseLost:
    return LeaseLost(f"The lease of job {job_id} is over.")


def _job(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        pool=row.pool,
        owner_id=row.owner_id,
        state=JobState(row.state),
        attempt=row.attempt,
        max_attempts=row.max_attempts,
        token=row.token,
        cancel_requested=bool(row.cancel_requested),
        payload=row.payload,
    )
