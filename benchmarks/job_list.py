"""How long a page of the jobs takes where there are a million."""

import asyncio
import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, insert, literal, select, text

from benchmarks.extent import Extent
from benchmarks.job_rows import engines, fill
from benchmarks.section import Section, verdict
from server.accounts import USERS
from server.database import Database, now_ms, open_database
from server.http.principal import Role
from server.ids import new_id
from server.jobs import JOBS, JobState, listing
from server.jobs.listing import Wanted

MOST_MS: Final = 20.0
OWNERS: Final = 20
_PAGE: Final = 50 + 1  # what the API asks for, unless told otherwise
_APART_MS: Final = 1000
_RARE: Final = 10_000  # one in so many is of each rare state, or of the rare kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list, and where its page begins: at its newest job, or in the middle of all."""

    owner_id: str | None
    kinds: Sequence[str] | None = None
    state: JobState | None = None
    deep: bool

    def __str__(self) -> str:
        of = "one owner" if self.owner_id else "everybody"
        which = self.state.value if self.state else ", ".join(self.kinds or ["all kinds"])
        if self.kinds == ():
            which = "no kind"
        return f"{of}: {which}"


@dataclass(frozen=True, slots=True)
class Times:
    """What pages took, in milliseconds."""

    rows: int
    each: Sequence[float]

    @property
    def p95(self) -> float:
        return sorted(self.each)[math.ceil(len(self.each) * 0.95) - 1]


def measure(extent: Extent, folder: Path) -> Section:
    rows: list[Sequence[str]] = []
    with engines(folder) as urls:
        for name, url in urls.items():
            times = asyncio.run(_measured(url, extent))
            rows += [_row(name, asked, taken) for asked, taken in times.items()]
    return Section(
        title="Lists of jobs",
        columns=("database", "list", "begins", "rows", "median, ms", "p95, ms", "wanted, ms", ""),
        rows=rows,
        notes=(
            f"{extent.listed_jobs:,} jobs of {OWNERS} owners, a second apart; nearly all have "
            f"succeeded, one in {_RARE:,} waits, runs, failed or is of the rare kind, all of them "
            "of the one owner who is asked for; none was cancelled.",
            f"The query of `GET /api/v1/jobs` for a page of {_PAGE - 1}, {extent.pages} times one "
            "after the other; the middle: behind the job that half of all are older than. On a "
            "disk that has the rows in its cache.",
            "PostgreSQL has analysed its tables, as it does by itself after a while; SQLite "
            "knows nothing of what is in them.",
        ),
    )


def _row(name: str, asked: Asked, times: Times) -> Sequence[str]:
    return (
        name,
        str(asked),
        "in the middle" if asked.deep else "at the newest",
        str(times.rows),
        f"{median(times.each):.2f}",
        f"{times.p95:.2f}",
        f"≤ {MOST_MS:.0f}",
        verdict(times.p95, MOST_MS),
    )


async def _measured(url: str, extent: Extent) -> Mapping[Asked, Times]:
    database = open_database(url)
    try:
        owners = [await database.write(_add_owner, f"owner-{number}") for number in range(OWNERS)]
        await _fill(database, extent.listed_jobs, owners)
        middle = await database.read(_at, extent.listed_jobs // 2)
        return {
            asked: await _times(database, asked, middle if asked.deep else None, extent.pages)
            for asked in _questions(owners[0])
        }
    finally:
        await database.close()


def _questions(owner: str) -> Iterator[Asked]:
    for owner_id, deep in itertools.product((None, owner), (False, True)):
        yield Asked(owner_id=owner_id, deep=deep)
        for state in JobState:
            yield Asked(owner_id=owner_id, state=state, deep=deep)
        for kinds in ((), ("rare",), ("rare", "rarer")):
            yield Asked(owner_id=owner_id, kinds=kinds, deep=deep)


async def _times(
    database: Database, asked: Asked, before: tuple[int, str] | None, pages: int
) -> Times:
    found: list[listing.Listed] = []
    each: list[float] = []
    for _ in range(pages + 1):
        began = time.perf_counter()
        found = await database.read(
            listing.page,
            Wanted(owner_id=asked.owner_id, kinds=asked.kinds, state=asked.state),
            before=before,
            limit=_PAGE,
        )
        each.append(1000 * (time.perf_counter() - began))
    return Times(len(found), each[1:])  # the first one compiles the statement


def _add_owner(connection: Connection, name: str) -> str:
    owner_id = new_id()
    who = {"id": owner_id, "username": name, "username_key": name, "role": Role.CREATOR.value}
    connection.execute(insert(USERS).values(**who, created_at=now_ms()))
    return owner_id


async def _fill(database: Database, count: int, owners: Sequence[str]) -> None:
    rare = (JobState.PENDING, JobState.PROCESSING, JobState.FAILED)

    def job(number: ColumnElement[int]) -> dict[str, Any]:
        place = number % _RARE
        owner = case(*((number % OWNERS == n, literal(id_)) for n, id_ in enumerate(owners)))
        state = case(
            *((place == n * 100, literal(each.value)) for n, each in enumerate(rare, 1)),
            else_=literal(JobState.SUCCEEDED.value),
        )
        made = now_ms() - (count - number) * _APART_MS
        return {
            "kind": case((place == 400, literal("rare")), else_=literal("ingest")),
            "pool": "media",
            "owner_id": owner,
            "priority": 0,
            "state": state,
            "attempt": 1,
            "max_attempts": 4,
            "run_at": made,
            "rank": made,
            "token": 1,
            "cancel_requested": False,
            "payload": {"track_id": "0190a1b2-c3d4-7e5f-8a9b-001122334455"},
            "result": {"found": "the harbour"},
            "created_at": made,
            "started_at": made,
            "finished_at": made,
        }

    await fill(database, count, job)
    if database.url.startswith("postgresql"):
        await database.write(lambda connection: connection.execute(text("ANALYZE")))


def _at(connection: Connection, number: int) -> tuple[int, str]:
    place = select(JOBS.c.created_at, JOBS.c.id).order_by(JOBS.c.created_at, JOBS.c.id)
    row = connection.execute(place.offset(number).limit(1)).one()
    return row.created_at, row.id
