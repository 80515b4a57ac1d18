"""Jobs as people see them: one, or a page of them, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select, true, tuple_

from server.database import now_ms
from server.jobs.model import JobState
from server.jobs.table import JOBS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row of jobs, without what only its worker needs."""

    id: str
    kind: str
    pool: str
    owner_id: str | None
    priority: int
    state: JobState
    attempt: int
    max_attempts: int
    cancel_requested: bool
    progress: float | None
    step: str | None
    worker_id: str | None
    payload: Mapping[str, Any]
    result: Mapping[str, Any] | None
    error_code: str | None
    error: str | None
    created_at: int
    started_at: int | None
    finished_at: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many jobs of a pool are in a state, and for how long the longest of them has been due."""

    state: str
    pool: str
    count: int
    oldest_ms: int


_SHOWN = tuple(JOBS.c[name] for name in Listed.__slots__)


def find(connection: Connection, job_id: str) -> Listed | None:
    row = connection.execute(select(*_SHOWN).where(JOBS.c.id == job_id)).first()
    return _listed(row) if row else None


def page(
    connection: Connection,
    *,
    owner_id: str | None,
    kinds: Sequence[str] | None,
    state: JobState | None,
    before: tuple[int, str] | None,
    limit: int,
) -> list[Listed]:
    """Return the next jobs of a list; without an owner, everybody's."""
    wanted: list[ColumnElement[bool]] = [true()]
    if owner_id is not None:
        wanted.append(JOBS.c.owner_id == owner_id)
    if kinds is not None:
        wanted.append(JOBS.c.kind.in_(kinds))
    if state is not None:
        wanted.append(JOBS.c.state == state.value)
    if before is not None:
        wanted.append(tuple_(JOBS.c.created_at, JOBS.c.id) < before)
    query = select(*_SHOWN).where(and_(*wanted))
    newest = query.order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc()).limit(limit)
    return [_listed(row) for row in connection.execute(newest)]


def waiting(connection: Connection) -> list[Waiting]:
    """Count what waits and what runs; what has ended is not looked at."""
    active = JOBS.c.state.in_([JobState.PENDING.value, JobState.PROCESSING.value])
    due = case((JOBS.c.blockers == 0, now_ms() - JOBS.c.run_at), else_=0)
    oldest = func.max(due)
    rows = connection.execute(
        select(JOBS.c.state, JOBS.c.pool, func.count(), oldest)
        .where(active)
        .group_by(JOBS.c.state, JOBS.c.pool)
    )
    return [Waiting(*row) for row in rows]


def _listed(row: Row[*tuple[Any, ...]]) -> Listed:
    values = dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
    return Listed(**values | {"state": JobState(row.state)})
