"""How a lease ends, and what people do to jobs: each is one transaction, with what it announces.

Nothing here waits or speaks; `Leases` runs these and tells what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from server.events import Announcement
from server.jobs import dependencies, listing, store
from server.jobs.kinds import Kinds, kind_of
from server.jobs.model import (
    CANCELLED,
    WORKER_LOST,
    WORKER_LOST_MESSAGE,
    Failure,
    Job,
    JobEnded,
    JobNotEnded,
    JobNotFound,
    JobState,
    Lease,
)
from server.jobs.news import told

INTERACTIVE = 10  # priority of what somebody waits for, in minutes of waiting

_CANCELLED = Failure(CANCELLED, "Cancelled.")
_LOST = Failure(WORKER_LOST, WORKER_LOST_MESSAGE)
_NEEDED = Failure("needed_job_failed", "A job that this one needs did not succeed.")


def finish(
    connection: Connection, kinds: Kinds, lease: Lease, result: Mapping[str, Any]
) -> Sequence[Announcement]:
    """End a job with success."""
    job = store.finish(connection, lease, result)
    if job.needed:
        dependencies.unblock(connection, job.id)
    return [*kind_of(kinds, job).on_finish(connection, job, result), told(job)]


def fail(
    connection: Connection, kinds: Kinds, lease: Lease, failure: Failure, *, retryable: bool
) -> Sequence[Announcement]:
    """End an attempt without success: for good, or until the next one."""
    job = store.hold(connection, lease)
    return (_lose if retryable else _end)(connection, kinds, job, failure)


def release(connection: Connection, kinds: Kinds, lease: Lease) -> Sequence[Announcement]:
    """Take a job back from a worker that drains; the attempt does not count."""
    job = store.hold(connection, lease)
    if job.cancel_requested:
        return _end(connection, kinds, job, _CANCELLED)
    store.release(connection, job)
    return _paused(connection, kinds, job)


def take_back(
    connection: Connection, kinds: Kinds, which: Callable[[Connection], Sequence[Job]]
) -> tuple[int, Sequence[Announcement]]:
    """Take jobs back from workers that are gone; return how many they were."""
    jobs = which(connection)
    return len(jobs), [note for job in jobs for note in _lose(connection, kinds, job, _LOST)]


def cancel(connection: Connection, kinds: Kinds, job_id: str) -> Sequence[Announcement]:
    """End a waiting job now, a running one at its worker's next beat; JobEnded is too late.

    The jobs that are parts of it end, too.
    """
    job = store.cancel(connection, job_id)
    if job is None:
        _require(connection, job_id)
        raise JobEnded("This job is over.")
    news, wholes = _cancelled(connection, kinds, job), [job_id]
    while wholes:
        for part in store.parts(connection, wholes.pop()):
            wholes.append(part)
            if (ended := store.cancel(connection, part)) is not None:
                news += _cancelled(connection, kinds, ended)
    return news


def _cancelled(connection: Connection, kinds: Kinds, job: Job) -> list[Announcement]:
    if job.state is not JobState.PENDING:
        return [told(job)]
    return _ended(connection, kinds, job, _CANCELLED)


def retry(connection: Connection, kinds: Kinds, job_id: str) -> Sequence[Announcement]:
    """Begin a job that failed, or was cancelled, from the beginning; JobNotEnded is too early."""
    job = store.retry(connection, job_id, priority=INTERACTIVE)
    if job is None:
        _require(connection, job_id)
        raise JobNotEnded("Only a job that failed or was cancelled can be tried again.")
    return [*kind_of(kinds, job).on_retry(connection, job), told(job)]


def _lose(
    connection: Connection, kinds: Kinds, job: Job, failure: Failure
) -> Sequence[Announcement]:
    if job.cancel_requested:
        return _end(connection, kinds, job, _CANCELLED)
    if job.attempt >= job.max_attempts:
        return _end(connection, kinds, job, failure)
    store.postpone(connection, job, failure)
    return _paused(connection, kinds, job)


def _paused(connection: Connection, kinds: Kinds, job: Job) -> Sequence[Announcement]:
    waiting = replace(job, state=JobState.PENDING)
    return [*kind_of(kinds, job).on_pause(connection, job), told(waiting)]


def _end(
    connection: Connection, kinds: Kinds, job: Job, failure: Failure
) -> Sequence[Announcement]:
    store.fail(connection, job, failure)
    return _ended(connection, kinds, job, failure)


def _ended(connection: Connection, kinds: Kinds, job: Job, failure: Failure) -> list[Announcement]:
    """Say that a job ended without success, and end those that need it."""
    news = _mourned(connection, kinds, job, failure)
    doomed = store.blocked_by(connection, job.id)
    while doomed:
        waiting = doomed.pop()
        store.fail(connection, waiting, _NEEDED)
        news += _mourned(connection, kinds, waiting, _NEEDED)
        doomed += store.blocked_by(connection, waiting.id)
    return news


def _mourned(
    connection: Connection, kinds: Kinds, job: Job, failure: Failure
) -> list[Announcement]:
    ended = replace(job, state=failure.state)
    return [*kind_of(kinds, job).on_fail(connection, job, failure), told(ended)]


def _require(connection: Connection, job_id: str) -> None:
    if listing.find(connection, job_id) is None:
        raise JobNotFound("There is no such job.")
