"""The queue is this table: a job's row is its entry, its lease and its outcome.

Times are the database's, and every write of a worker names the token of its lease: a worker that
lost the lease changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    false,
    insert,
    select,
    true,
    update,
)

from server.database import now_ms, row_locking
from server.ids import new_id
from server.jobs import history
from server.jobs.model import (
    CANCELLED,
    LEASE_SECONDS,
    MAX_ATTEMPTS,
    Failure,
    Job,
    JobState,
    LeaseLost,
    NewJob,
    back_off_ms,
)
from server.jobs.table import AGEING_MS, JOBS, PENDING, PROCESSING

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


def enqueue(connection: Connection, new: NewJob) -> str:
    """Add a job and return its id; `ring` the bell once this is committed."""
    known = _with_same_key(connection, new)
    if known is not None:
        return known
    job_id = new_id()
    connection.execute(
        insert(JOBS).values(
            id=job_id,
            kind=new.kind,
            pool=new.pool,
            owner_id=new.owner_id,
            priority=new.priority,
            state=JobState.PENDING.value,
            attempt=0,
            max_attempts=MAX_ATTEMPTS,
            run_at=now_ms(),
            # Everybody's age grows alike, so that the order among those who wait never changes.
            rank=now_ms() - new.priority * AGEING_MS,
            token=0,
            cancel_requested=false(),
            payload=dict(new.payload),
            idempotency_key=new.idempotency_key,
            created_at=now_ms(),
        )
    )
    history.note(connection, job_id, "added")
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
        .order_by(JOBS.c.rank, JOBS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    leased = (
        update(JOBS)
        .where(JOBS.c.id == next_one, PENDING)
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
    if row is None:
        return None
    history.note(connection, row.id, "begun", attempt=row.attempt, worker_id=worker_id)
    return _job(row)


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


def finish(connection: Connection, job: Job, result: Mapping[str, Any]) -> None:
    """End a held job with success."""
    _set(
        connection,
        job,
        state=JobState.SUCCEEDED.value,
        progress=1.0,
        result=dict(result),
        error_code=None,  # of an attempt that was lost before
        error=None,
        finished_at=now_ms(),
    )
    history.note(connection, job.id, "succeeded", attempt=job.attempt)


def fail(connection: Connection, job: Job, failure: Failure) -> None:
    """End a held job for good."""
    history.note(
        connection, job.id, failure.state.value, attempt=job.attempt, detail=failure.message
    )
    _set(
        connection,
        job,
        state=failure.state.value,
        error_code=failure.code,
        error=failure.message,
        finished_at=now_ms(),
    )


def postpone(connection: Connection, job: Job, failure: Failure) -> None:
    """Put a held job back for its next attempt, after its rest."""
    history.note(connection, job.id, "lost", attempt=job.attempt, detail=failure.message)
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
    history.note(connection, job.id, "released", attempt=job.attempt)
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
    return _locked(connection, PROCESSING & (JOBS.c.worker_id == worker_id), limit)


def cancel(connection: Connection, job_id: str) -> Job | None:
    """Ask for an end: a waiting job is over at once, a running one when its worker hears of it.

    Returns the job unless it was over before.
    """
    asked = (
        update(JOBS)
        .where(JOBS.c.id == job_id, PENDING | PROCESSING)
        .values(cancel_requested=true())
        .returning(*_SHOWN)
    )
    row = connection.execute(asked).first()
    if row is None:
        return None
    job = _job(row)
    history.note(connection, job.id, "cancel requested", attempt=job.attempt)
    if job.state is JobState.PENDING:
        fail(connection, job, Failure(CANCELLED, "Cancelled."))
    return job


def retry(connection: Connection, job_id: str, *, priority: int) -> Job | None:
    """Put a job that ended without success back at the beginning; None where there is no such."""
    ended = (JobState.FAILED.value, JobState.CANCELLED.value)
    again = (
        update(JOBS)
        .where(JOBS.c.id == job_id, JOBS.c.state.in_(ended))
        .values(
            state=JobState.PENDING.value,
            attempt=0,
            run_at=now_ms(),
            priority=priority,
            rank=now_ms() - priority * AGEING_MS,
            cancel_requested=false(),
            progress=None,
            step=None,
            error_code=None,
            error=None,
            finished_at=None,
        )
        .returning(*_SHOWN)
    )
    row = connection.execute(again).first()
    if row is None:
        return None
    history.note(connection, job_id, "tried again")
    return _job(row)


def purge(connection: Connection, *, kept_ms: int, limit: int = 1000) -> int:
    """Forget jobs that ended longer ago than this, the oldest first; return how many."""
    old = (
        select(JOBS.c.id)
        .where(JOBS.c.finished_at < now_ms() - kept_ms)
        .order_by(JOBS.c.finished_at)
        .limit(limit)
    )
    return connection.execute(delete(JOBS).where(JOBS.c.id.in_(old))).rowcount


def _with_same_key(connection: Connection, new: NewJob) -> str | None:
    if new.idempotency_key is None:
        return None
    same = (
        JOBS.c.owner_id.is_not_distinct_from(new.owner_id)
        & (JOBS.c.kind == new.kind)
        & (JOBS.c.idempotency_key == new.idempotency_key)
    )
    return connection.execute(select(JOBS.c.id).where(same)).scalar()


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
    return PENDING & JOBS.c.pool.in_(pools) & (JOBS.c.run_at <= now_ms())


def _lapsed() -> ColumnElement[bool]:
    return PROCESSING & (JOBS.c.lease_until < now_ms())


def _leased(job_id: str, token: int) -> ColumnElement[bool]:
    return (JOBS.c.id == job_id) & (JOBS.c.token == token) & PROCESSING


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
