"""Jobs as people see them: one, or a page of them, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, tuple_

from server.accounts import USERS
from server.jobs.model import JobState
from server.jobs.table import JOBS, UNSUCCESSFUL


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row of jobs, without what only its worker needs."""

    id: str
    kind: str
    pool: str
    parent_id: str | None
    owner_id: str | None
    owner_name: str | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which jobs a list shows; what is not named is not asked about."""

    owner_id: str | None = None
    kinds: Sequence[str] | None = None
    state: JobState | None = None
    pool: str | None = None
    parent_id: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.owner_id is not None:
            yield JOBS.c.owner_id == self.owner_id
        if self.kinds is not None:
            yield JOBS.c.kind.in_(self.kinds)
        if self.state is not None:
            yield JOBS.c.state == self.state.value
        if self.state not in {None, JobState.SUCCEEDED}:
            yield UNSUCCESSFUL  # the index wants to hear it
        if self.pool is not None:
            yield JOBS.c.pool == self.pool
        if self.parent_id is not None:
            yield JOBS.c.parent_id == self.parent_id


_OWNER_NAME = USERS.c.username.label("owner_name")
_SHOWN = (*(JOBS.c[name] for name in Listed.__slots__ if name in JOBS.c), _OWNER_NAME)
_JOINED = select(*_SHOWN).select_from(JOBS.outerjoin(USERS, USERS.c.id == JOBS.c.owner_id))


def find(connection: Connection, job_id: str) -> Listed | None:
    row = connection.execute(_JOINED.where(JOBS.c.id == job_id)).first()
    return _listed(row) if row else None


def page(
    connection: Connection, wanted: Wanted, *, before: tuple[int, str] | None = None, limit: int
) -> list[Listed]:
    """Return the next jobs of a list, newest first."""
    if wanted.kinds is None:
        return _newest(connection, wanted, before, limit)
    # One by one: asked for several at once, SQLite looks through all jobs of the owner.
    each = [
        _newest(connection, replace(wanted, kinds=[kind]), before, limit)
        for kind in dict.fromkeys(wanted.kinds)
    ]
    found = sorted(chain.from_iterable(each), key=lambda job: (job.created_at, job.id))
    return found[::-1][:limit]


def _newest(
    connection: Connection, wanted: Wanted, before: tuple[int, str] | None, limit: int
) -> list[Listed]:
    query = _JOINED.where(*wanted.conditions())
    if before is not None:
        query = query.where(tuple_(JOBS.c.created_at, JOBS.c.id) < before)
    newest = query.order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc()).limit(limit)
    return [_listed(row) for row in connection.execute(newest)]


def _listed(row: Row[*tuple[Any, ...]]) -> Listed:
    values = dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
    return Listed(**values | {"state": JobState(row.state)})
