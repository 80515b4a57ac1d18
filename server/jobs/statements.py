"""The statements that claim jobs and hold leases, made once.

To put one together takes longer than to run it. What they are about is told when they are
run: the names of their parameters stand beside them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from server.database import now_ms
from server.jobs.model import JobState
from server.jobs.table import CLAIMABLE, JOBS, PENDING, PROCESSING

SHOWN = (
    JOBS.c.id,
    JOBS.c.kind,
    JOBS.c.pool,
    JOBS.c.owner_id,
    JOBS.c.state,
    JOBS.c.attempt,
    JOBS.c.max_attempts,
    JOBS.c.token,
    JOBS.c.cancel_requested,
    JOBS.c.needed,
    JOBS.c.lease_ms,
    JOBS.c.payload,
)
LEASE_OVER = {"lease_until": null(), "worker_id": null(), "holder": null()}


@lru_cache(maxsize=4)
def finding(most: int | None) -> Select[tuple[str]]:
    """Ask for a job that may be claimed; `pools` is told later."""
    return select(JOBS.c.id).where(_claimable(most)).limit(1)


@lru_cache(maxsize=4)
def leasing(most: int | None) -> ReturningUpdate[*tuple[Any, ...]]:
    """Lease the next job; `pools`, `worker`, `leased_by` and `lease` are told later."""
    next_one = (
        select(JOBS.c.id)
        .where(_claimable(most))
        .order_by(JOBS.c.rank, JOBS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(JOBS)
        .where(JOBS.c.id == next_one, PENDING)
        .values(
            state=JobState.PROCESSING.value,
            worker_id=bindparam("worker"),
            holder=bindparam("leased_by"),
            token=JOBS.c.token + 1,
            attempt=JOBS.c.attempt + 1,
            lease_ms=bindparam("lease"),
            lease_until=now_ms() + bindparam("lease"),
            started_at=now_ms(),
            progress=null(),
            step=null(),
        )
        .returning(*SHOWN)
    )


def _claimable(most: int | None) -> ColumnElement[bool]:
    pools: BindParameter[str] = bindparam("pools", expanding=True)
    due = CLAIMABLE & JOBS.c.pool.in_(pools) & (JOBS.c.run_at <= now_ms())
    return due if most is None else due & ~_has_enough(most)


def _has_enough(most: int) -> ColumnElement[bool]:
    """Tell whether so many jobs of the owner run in the pool."""
    running = JOBS.alias("running")
    theirs = (running.c.owner_id == JOBS.c.owner_id) & (running.c.pool == JOBS.c.pool)
    runs = running.c.state == literal_column(f"'{JobState.PROCESSING.value}'")
    count = select(func.count()).select_from(running).where(theirs, runs)
    return JOBS.c.owner_id.is_not(None) & (count.scalar_subquery() >= most)


def lease_end() -> ColumnElement[int]:
    return now_ms() + JOBS.c.lease_ms


# `job`, `its_token`, `its_holder`; FINISH: `found`, too
LEASED = (
    (JOBS.c.id == bindparam("job"))
    & (JOBS.c.token == bindparam("its_token"))
    & (JOBS.c.holder == bindparam("its_holder"))
    & PROCESSING
)
FIND_LEASED = select(*SHOWN).where(LEASED)
RENEW = update(JOBS).where(LEASED).values(lease_until=lease_end()).returning(*SHOWN)
FINISH = (
    update(JOBS)
    .where(LEASED)
    .values(
        state=JobState.SUCCEEDED.value,
        progress=1.0,
        result=bindparam("found"),
        error_code=null(),  # of an attempt that was lost before
        error=null(),
        finished_at=now_ms(),
        **LEASE_OVER,
    )
    .returning(*SHOWN)
)
