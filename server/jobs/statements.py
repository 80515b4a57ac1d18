"""The statements that claim jobs and hold leases, made once.

To put one together takes longer than to run it. What they are about is told when they are
run: the names of their parameters stand beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    null,
    select,
    union_all,
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


@lru_cache(maxsize=16)
def finding(most: int | None, pools: int) -> Select[tuple[str]]:
    """Ask for a job that may be claimed; as many `named` pools are told later."""
    among = JOBS.c.pool.in_([bindparam(f"pool_{n}", type_=String) for n in range(pools)])
    return select(JOBS.c.id).where(_claimable(most), among).limit(1)


@lru_cache(maxsize=16)
def leasing(most: int | None, pools: int) -> ReturningUpdate[*tuple[Any, ...]]:
    """Lease the next job; `worker`, `leased_by`, `lease` and the `named` pools are told later."""
    return (
        update(JOBS)
        .where(JOBS.c.id == _next(most, pools), PENDING)
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


def named(pools: Sequence[str]) -> dict[str, str]:
    return {f"pool_{n}": pool for n, pool in enumerate(pools)}


def _next(most: int | None, pools: int) -> ScalarSelect[str]:
    """Ask for the first of all pools, by one look into the index for each.

    To have them in one look, a database would sort all that wait; and PostgreSQL, which does not
    know yet how many have just come, would do it for a single pool, too.
    """
    firsts = [_first(most, f"pool_{n}").subquery() for n in range(pools)]
    if pools == 1:
        return select(firsts[0].c.id).scalar_subquery()
    every = union_all(*(select(first.c.id, first.c.rank) for first in firsts)).subquery()
    return select(every.c.id).order_by(every.c.rank, every.c.id).limit(1).scalar_subquery()


def _first(most: int | None, pool: str) -> Select[*tuple[Any, ...]]:
    return (
        select(JOBS.c.id, JOBS.c.rank)
        .where(_claimable(most), JOBS.c.pool == bindparam(pool))
        .order_by(JOBS.c.rank, JOBS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _claimable(most: int | None) -> ColumnElement[bool]:
    due = CLAIMABLE & (JOBS.c.run_at <= now_ms())
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
