"""N11: how many jobs a second are claimed and finished, each of the two durable in between."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from benchmarks.extent import Extent
from benchmarks.interleaved import NotMeasured
from benchmarks.job_rate_run import KIND, POOL
from benchmarks.job_rows import engines, fill
from benchmarks.section import Section, verdict_of_rate
from server.database import now_ms, open_database
from server.jobs import JOBS, JobState

WORKERS: Final = 8
LEAST: Final = {"sqlite": 5_000, "postgresql": 1_000}
_START_SECONDS: Final = 30.0
_SPARE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one process claimed and finished."""

    began: float
    ended: float
    jobs: Sequence[str]


def measure(extent: Extent, folder: Path) -> Section:
    rows = []
    with engines(folder) as urls:
        for name, url in urls.items():
            for processes in (1, WORKERS):
                asyncio.run(_fill(url, extent.claimed_jobs))
                claimed = _claim(url, processes, extent.claiming_seconds)
                doubles = asyncio.run(_doubles(url, claimed))
                rows.append(_row(name, processes, claimed, doubles))
    return Section(
        title="Jobs claimed and finished (N11)",
        columns=("goal", "database", "workers", "jobs", "double claims", "a second", "wanted", ""),
        rows=rows,
        notes=(
            f"{WORKERS} workers that claim and finish as fast as they can: the changes that a "
            "server makes for them, without HTTP. Both are transactions that are on the disk "
            "before the next begins: history and outbox are written along. SQLite with "
            "synchronous=FULL; PostgreSQL with fsync, on the same disk.",
            f"{extent.claimed_jobs:,} jobs of one pool for each row, "
            f"{extent.claiming_seconds} s at most. In one process the workers are tasks beside "
            "each other, as in a server; in eight, each has its own connection.",
            "What holds SQLite back: a claim and its finish are six statements, 0.5 ms of CPU "
            "through SQLAlchemy on this kind of machine; of eight processes each waits for the "
            "file's lock and commits alone. What holds PostgreSQL back: ten round trips a job, "
            "1.4 ms of CPU in the worker's process alone, and two cores for all of them.",
        ),
    )


def _row(name: str, processes: int, claimed: Sequence[Claimed], doubles: int) -> Sequence[str]:
    count = sum(len(each.jobs) for each in claimed)
    took = max(each.ended for each in claimed) - min(each.began for each in claimed)
    least = LEAST[name]
    return (
        "N11",
        name,
        f"{WORKERS}, in {processes} process{'es' if processes > 1 else ''}",
        f"{count:,}",
        str(doubles),
        f"{count / took:,.0f}",
        f"≥ {least:,}",
        verdict_of_rate(count / took if not doubles else 0, least),
    )


async def _fill(url: str, count: int) -> None:
    def pending(number: ColumnElement[int]) -> dict[str, object]:
        return {
            "kind": KIND,
            "pool": POOL,
            "priority": 0,
            "state": JobState.PENDING.value,
            "attempt": 0,
            "max_attempts": 4,
            "run_at": now_ms(),
            "rank": now_ms() + number,
            "token": 0,
            "cancel_requested": False,
            "payload": {"to": "the harbour"},
            "created_at": now_ms(),
        }

    database = open_database(url)
    try:
        await database.write(_forget_all)
        await fill(database, count, pending)
    finally:
        await database.close()


def _forget_all(connection: Connection) -> None:
    connection.execute(JOBS.delete())


def _claim(url: str, processes: int, seconds: int) -> Sequence[Claimed]:
    with _started(url, processes) as claimers:
        for claimer in claimers:
            assert claimer.stdin is not None
            claimer.stdin.write(f"{seconds}\n")
            claimer.stdin.flush()
        told = [claimer.communicate(timeout=seconds + _SPARE_SECONDS)[0] for claimer in claimers]
    return [Claimed(**json.loads(each)) for each in told]


@contextmanager
def _started(url: str, processes: int) -> Iterator[Sequence[subprocess.Popen[str]]]:
    """Start processes that wait for a word; those that have not ended by themselves are killed."""
    command = [sys.executable, "-m", "benchmarks.job_rate_run", url, str(WORKERS // processes)]
    claimers = [
        subprocess.Popen(
            [*command, f"worker-{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for n in range(processes)
    ]
    try:
        for claimer in claimers:
            assert claimer.stdout is not None
            if claimer.stdout.readline() != "ready\n":
                raise NotMeasured("a process of workers did not start")
        yield claimers
    finally:
        for claimer in claimers:
            claimer.kill()
            claimer.wait(_START_SECONDS)


async def _doubles(url: str, claimed: Sequence[Claimed]) -> int:
    """Return how often a job was claimed that somebody had; what was claimed is finished."""
    every = [job for each in claimed for job in each.jobs]
    database = open_database(url)
    try:
        finished, attempts = await database.read(_finished)
    finally:
        await database.close()
    if finished != len(set(every)):
        raise NotMeasured(f"{len(set(every))} jobs were claimed, but {finished} are finished")
    return max(len(every), attempts) - len(set(every))


def _finished(connection: Connection) -> tuple[int, int]:
    ended = JOBS.c.state == JobState.SUCCEEDED.value
    counted = select(func.count(), func.sum(JOBS.c.attempt)).where(ended)
    count, attempts = connection.execute(counted).one()
    return int(count), int(attempts or 0)
