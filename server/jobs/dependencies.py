"""Jobs that need others: they begin when all of those succeeded, and fail with the first.

A job counts those that it still needs in `blockers`, so that claiming looks at no other row.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, true, update

from server.database import now_ms
from server.errors import Conflict
from server.jobs.model import JobState
from server.jobs.table import DEPENDENCIES, JOBS, PENDING

_ENDED_BADLY = (JobState.FAILED.value, JobState.CANCELLED.value)


class NeededJobFailed(Conflict):
    """What a new job needs has failed already, or is not there."""


def require(connection: Connection, needs: Sequence[str]) -> int:
    """Return how many of these are to be waited for; none of them may have failed.

    Who ends one of them waits for the end of this transaction, and then sees that it is needed.
    """
    marked = update(JOBS).where(JOBS.c.id.in_(needs)).values(needed=true())
    found = connection.execute(marked.returning(JOBS.c.id, JOBS.c.state)).all()
    if len(found) < len(set(needs)) or any(row.state in _ENDED_BADLY for row in found):
        raise NeededJobFailed("A job that this one needs did not succeed.")
    return sum(row.state != JobState.SUCCEEDED.value for row in found)


def note(connection: Connection, job_id: str, needs: Sequence[str]) -> None:
    rows = [{"job_id": job_id, "needs_id": each} for each in sorted(set(needs))]
    connection.execute(insert(DEPENDENCIES), rows)


def unblock(connection: Connection, job_id: str) -> None:
    """Tell those who wait for this job that it succeeded.

    It must be a statement of its own behind the one that ended the job: only then does it see
    those who came while that one waited for the job's row.
    """
    connection.execute(_UNBLOCK, {"needed_id": job_id})


def needing(job_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Tell whether a job waits for this one."""
    needs_it = select(DEPENDENCIES.c.job_id).where(DEPENDENCIES.c.needs_id == job_id)
    return JOBS.c.id.in_(needs_it) & PENDING


_UNBLOCK = (
    update(JOBS)
    .where(needing(bindparam("needed_id")), JOBS.c.blockers > 0)
    .values(blockers=JOBS.c.blockers - 1, run_at=now_ms())
)


def count(connection: Connection, job_id: str) -> int:
    """Return how many jobs this one still needs; none of them ends before the transaction does."""
    needs = select(DEPENDENCIES.c.needs_id).where(DEPENDENCIES.c.job_id == job_id)
    each = select(JOBS.c.state).where(JOBS.c.id.in_(needs)).with_for_update(read=True)
    return sum(state != JobState.SUCCEEDED.value for state in connection.scalars(each))
