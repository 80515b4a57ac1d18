"""What jobs do to the rows of the slices that own them.

A slice registers a kind. Its functions run inside the transaction that checks the lease, so that
the job's row and the slice's rows change together or not at all. What they return is told on the
bus after the commit.

The job's row is locked by then. Of their own rows they lock every one that they judge by: facts
and finishes come often, and on PostgreSQL nothing else keeps two transactions apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web
from sqlalchemy import Connection

from server.events import Announcement
from server.jobs.model import Failure, Job

OBJECT_BYTES = 2 * 1024**3
LEASE_BYTES = 64 * 1024**3

Fact: TypeAlias = dict[str, Any]


OnFacts: TypeAlias = Callable[[Connection, Job, Sequence[Fact]], Sequence[Announcement]]
OnFinish: TypeAlias = Callable[[Connection, Job, Mapping[str, Any]], Sequence[Announcement]]
OnFail: TypeAlias = Callable[[Connection, Job, Failure], Sequence[Announcement]]
OnPause: TypeAlias = Callable[[Connection, Job], Sequence[Announcement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """What a job's worker may read and write of the store, by the names that it knows."""

    reads: Mapping[str, str] = field(default_factory=dict)  # key by name
    folder: str = ""  # of keys, below which it writes
    writes: re.Pattern[str] | None = None  # the names below the folder; None: nothing
    object_bytes: int = OBJECT_BYTES  # the most of one
    lease_bytes: int = LEASE_BYTES  # the most that one lease sends to one process, repeats included


def _no_objects(_job: Job) -> Objects:
    return Objects()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """How a slice follows its jobs."""

    name: str
    on_facts: OnFacts  # facts in the order in which they came
    glimpses: frozenset[str]  # the types of facts for which nothing is written
    on_glimpses: OnFacts  # where there are no others: it only reads
    on_finish: OnFinish
    on_fail: OnFail  # for good; a loss that will be tried again is no failure
    on_pause: OnPause  # lost or handed back: it will run again
    on_retry: OnPause  # somebody wants it tried again, after it had ended without success
    objects: Callable[[Job], Objects] = _no_objects


Kinds: TypeAlias = dict[str, JobKind]
KINDS: web.AppKey[Kinds] = web.AppKey("job_kinds")


def register(app: web.Application, kind: JobKind) -> None:
    """Let the jobs of this name change the slice's rows."""
    app[KINDS][kind.name] = kind


def kind_of(kinds: Kinds, job: Job) -> JobKind:
    """Return the job's kind; one that this version does not know changes nothing but its job."""
    return kinds.get(job.kind) or JobKind(
        name=job.kind,
        on_facts=_nothing,
        glimpses=frozenset(),
        on_glimpses=_nothing,
        on_finish=_nothing,
        on_fail=_nothing,
        on_pause=_nothing,
        on_retry=_nothing,
    )


def _nothing(*_: object) -> Sequence[Announcement]:
    return ()
