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
from server.jobs.statements import (
    FIND_LEASED,
    FINISH,
    LEASE_OVER,
    LEASED,
    RENEW,
    SHOWN,
    finding,
    lease_end,
    leasing,
    named,
)
from server.jobs.table import AGEING_MS, DEPENDENCIES, JOBS, PENDING, PROCESSING


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
    return connection.execute(finding(most, len(pools)), named(pools)).first() is not None


@row_locking
def claim(connection: Connection, claimant: Claimant, *, most: int | None = None) -> Job | None:
    """Lease the next job of these pools, but none of an owner of whom `most` run in its pool.

    Claims at the same moment do not see each other: an owner may get a few more.
    """
    told = {
        "worker": claimant.worker_id,
        "leased_by": claimant.holder,
        "lease": claimant.lease_ms,
        **named(claimant.pools),
    }
    row = connection.execute(leasing(most, len(claimant.pools)), told).first()
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
        .where(LEASED)
        .values(lease_until=lease_end(), **known)
        .returning(JOBS.c.cancel_requested)
    )
    row = connection.execute(renewed, _shown(lease)).first()
    if row is None:
        raise _lost(lease.job_id)
    return bool(row.cancel_requested)


def find_leased(connection: Connection, lease: Lease) -> Job:
    """Return the job if the lease holds; for what is only read."""
    return _still(lease, connection.execute(FIND_LEASED, _shown(lease)).first())


def hold(connection: Connection, lease: Lease) -> Job:
    """Renew the lease and lock its row until the end of the transaction."""
    return _still(lease, connection.execute(RENEW, _shown(lease)).first())


def finish(connection: Connection, lease: Lease, result: Mapping[str, Any]) -> Job:
    """End a leased job with success."""
    row = connection.execute(FINISH, {"found": dict(result), **_shown(lease)}).first()
    job = _still(lease, row)
    history.note(connection, job.id, "succeeded", attempt=job.attempt)
    return job


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
        select(*SHOWN).where(dependencies.needing(job_id)).order_by(JOBS.c.id).with_for_update()
    )
    return [_job(row) for row in rows]


def parts(connection: Connection, job_id: str) -> Sequence[str]:
    """Return the jobs that are parts of this one."""
    return connection.scalars(select(JOBS.c.id).where(JOBS.c.parent_id == job_id)).all()


def cancel(connection: Connection, job_id: str) -> Job | None:
    """Ask for an end: a waiting job is over at once, a running one when its worker hears of it.

    Returns the job unless it was over before.
    """
    asked = (
        update(JOBS)
        .where(JOBS.c.id == job_id, PENDING | PROCESSING)
        .values(cancel_requested=true())
        .returning(*SHOWN)
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
        .returning(*SHOWN)
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
    connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(**LEASE_OVER, **values))


def _locked(connection: Connection, which: ColumnElement[bool], limit: int) -> list[Job]:
    rows = connection.execute(
        select(*SHOWN)
        .where(which)
        .order_by(JOBS.c.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_job(row) for row in rows]


def _lapsed() -> ColumnElement[bool]:
    return PROCESSING & (JOBS.c.lease_until < now_ms())


def _shown(lease: Lease) -> dict[str, Any]:
    return {"job": lease.job_id, "its_token": lease.token, "its_holder": lease.holder}


def _still(lease: Lease, row: Row[*tuple[Any, ...]] | None) -> Job:
    """Return the job, or raise LeaseLost where no row had this lease."""
    if row is None:
        raise _lost(lease.job_id)
    return _job(row)


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
        needed=bool(row.needed),
        lease_ms=row.lease_ms,
        payload=row.payload,
    )
