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
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from server.database import now_ms, row_locking
from server.ids import new_id
from server.jobs import dependencies, history
from server.jobs.model import (
    CANCELLED,
    MAX_ATTEMPTS,
    Claimant,
    Failure,
    Job,
    JobState,
    Lease,
    LeaseLost,
    NewJob,
    back_off_ms,
)
from server.jobs.table import AGEING_MS, CLAIMABLE, DEPENDENCIES, JOBS, PENDING, PROCESSING

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
    JOBS.c.lease_ms,
    JOBS.c.payload,
)


def enqueue(connection: Connection, new: NewJob) -> str:
    """Add a job and return its id; `ring` the bell once this is committed."""
    known = _with_same_key(connection, new)
    if known is not None:
        return known
    job_id = new_id()
    blockers = dependencies.require(connection, new.needs) if new.needs else 0
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
            parent_id=new.parent_id,
            blockers=blockers,
            created_at=now_ms(),
        )
    )
    if new.needs:
        dependencies.note(connection, job_id, new.needs)
    history.note(connection, job_id, "added")
    return job_id


def has_claimable(connection: Connection, pools: Sequence[str], *, most: int | None = None) -> bool:
    """Tell whether a claim would find anything: a read, where a claim takes the write lock."""
    return (
        connection.execute(select(JOBS.c.id).where(_claimable(pools, most)).limit(1)).first()
        is not None
    )


@row_locking
def claim(connection: Connection, claimant: Claimant, *, most: int | None = None) -> Job | None:
    """Lease the next job of these pools, but none of an owner of whom `most` run in its pool.

    Claims at the same moment do not see each other: an owner may get a few more.
    """
    next_one = (
        select(JOBS.c.id)
        .where(_claimable(claimant.pools, most))
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
            worker_id=claimant.worker_id,
            holder=claimant.holder,
            token=JOBS.c.token + 1,
            attempt=JOBS.c.attempt + 1,
            lease_ms=claimant.lease_ms,
            lease_until=now_ms() + claimant.lease_ms,
            started_at=now_ms(),
            progress=None,
            step=None,
        )
        .returning(*_SHOWN)
    )
    row = connection.execute(leased).first()
    if row is None:
        return None
    history.note(connection, row.id, "begun", attempt=row.attempt, worker_id=claimant.worker_id)
    return _job(row)


@row_locking
def beat(connection: Connection, lease: Lease, *, progress: float | None, step: str | None) -> bool:
    """Renew the lease; return whether the worker is asked to stop."""
    told = {"progress": progress, "step": step}
    known = {name: value for name, value in told.items() if value is not None}
    renewed = (
        update(JOBS)
        .where(_leased(lease))
        .values(lease_until=_lease_end(), **known)
        .returning(JOBS.c.cancel_requested)
    )
    row = connection.execute(renewed).first()
    if row is None:
        raise _lost(lease.job_id)
    return bool(row.cancel_requested)


def find_leased(connection: Connection, lease: Lease) -> Job:
    """Return the job if the lease holds; for what is only read."""
    row = connection.execute(select(*_SHOWN).where(_leased(lease))).first()
    if row is None:
        raise _lost(lease.job_id)
    return _job(row)


def hold(connection: Connection, lease: Lease) -> Job:
    """Renew the lease and lock its row until the end of the transaction."""
    renewed = update(JOBS).where(_leased(lease)).values(lease_until=_lease_end()).returning(*_SHOWN)
    row = connection.execute(renewed).first()
    if row is None:
        raise _lost(lease.job_id)
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
        run_at=now_ms() + back_off_ms(job.attempt, job.lease_ms),
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


def held_by(connection: Connection, worker_id: str, holder: str, limit: int = 100) -> list[Job]:
    """Return and lock what a worker holds."""
    its = (JOBS.c.worker_id == worker_id) & (JOBS.c.holder == holder)
    return _locked(connection, PROCESSING & its, limit)


def blocked_by(connection: Connection, job_id: str) -> list[Job]:
    """Return and lock the jobs that wait for this one."""
    rows = connection.execute(
        select(*_SHOWN).where(dependencies.needing(job_id)).order_by(JOBS.c.id).with_for_update()
    )
    return [_job(row) for row in rows]


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
            blockers=dependencies.count(connection, job_id),
        )
        .returning(*_SHOWN)
    )
    row = connection.execute(again).first()
    if row is None:
        return None
    history.note(connection, job_id, "tried again")
    return _job(row)


def purge(
    connection: Connection, *, kept_ms: int, pool: str | None = None, limit: int = 1000
) -> int:
    """Forget jobs that ended longer ago than this, the oldest first; return how many."""
    any_pool = true() if pool is None else JOBS.c.pool == pool
    old = (
        select(JOBS.c.id)
        .where(JOBS.c.finished_at < now_ms() - kept_ms, any_pool, ~_is_needed())
        .order_by(JOBS.c.finished_at)
        .limit(limit)
    )
    return connection.execute(delete(JOBS).where(JOBS.c.id.in_(old))).rowcount


def _is_needed() -> ColumnElement[bool]:
    """Tell whether a job that is not over waits for it."""
    waiting = JOBS.alias("waiting")
    return (
        select(DEPENDENCIES.c.job_id)
        .join(waiting, waiting.c.id == DEPENDENCIES.c.job_id)
        .where(DEPENDENCIES.c.needs_id == JOBS.c.id, waiting.c.finished_at.is_(None))
        .exists()
    )


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
    ended: dict[str, Any] = {"lease_until": None, "worker_id": None, "holder": None, **values}
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


def _claimable(pools: Sequence[str], most: int | None) -> ColumnElement[bool]:
    due = CLAIMABLE & JOBS.c.pool.in_(pools) & (JOBS.c.run_at <= now_ms())
    return due if most is None else due & ~_has_enough(most)


def _has_enough(most: int) -> ColumnElement[bool]:
    """Tell whether so many jobs of the owner run in the pool."""
    running = JOBS.alias("running")
    theirs = (running.c.owner_id == JOBS.c.owner_id) & (running.c.pool == JOBS.c.pool)
    runs = running.c.state == literal(JobState.PROCESSING.value, literal_execute=True)
    count = select(func.count()).select_from(running).where(theirs, runs)
    return JOBS.c.owner_id.is_not(None) & (count.scalar_subquery() >= most)


def _lapsed() -> ColumnElement[bool]:
    return PROCESSING & (JOBS.c.lease_until < now_ms())


def _leased(lease: Lease) -> ColumnElement[bool]:
    mine = (JOBS.c.token == lease.token) & (JOBS.c.holder == lease.holder)
    return (JOBS.c.id == lease.job_id) & mine & PROCESSING


def _lease_end() -> ColumnElement[int]:
    return now_ms() + JOBS.c.lease_ms


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
        lease_ms=row.lease_ms,
        payload=row.payload,
    )
