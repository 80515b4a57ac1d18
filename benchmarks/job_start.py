"""N13: how soon a job begins for which a worker waits."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import aiohttp

from benchmarks.extent import Extent
from benchmarks.interleaved import NotMeasured
from benchmarks.probe import p99
from benchmarks.section import Section, verdict
from jobs.client import LeaseClient
from jobs.messages import Job
from server import workers
from server.database import open_database
from server.jobs import NewJob, enqueue
from tests.end_to_end.houle import Server, access_token
from tests.postgresql import postgresql_server
from tests.redis import redis_server

MOST_MS: Final = 50.0
KIND: Final = "errand"
POOL: Final = "errands"
_WAIT_SECONDS: Final = 20.0
_SETTLE: Final = 0.03  # the worker's question is on its way, and finds nothing


@dataclass(frozen=True, slots=True)
class Way:
    """One or two servers on a database: a person tells the first, a worker waits at the last."""

    name: str
    servers: int
    environment: Mapping[str, str]


def measure(extent: Extent, folder: Path) -> Section:
    rows = []
    with _ways() as ways:
        for number, way in enumerate(ways):
            times = _measured(way, folder / str(number), extent.starts)
            rows.append(_row(way, times))
    return Section(
        title="From the commit of a job to its start (N13)",
        columns=("goal", "way", "starts", "median, ms", "p99, ms", "most, ms", "wanted, ms", ""),
        rows=rows,
        notes=(
            "Real `houle serve`, over HTTP. A person has a job tried again, one that a worker "
            "waits for with a long poll; from the sending of the wish to the worker's receipt of "
            "the job. So it holds the commit, and both requests, too.",
            "With two servers the person speaks to one and the worker waits at the other; "
            "PostgreSQL without fsync, since what follows the commit is the question.",
        ),
    )


def _row(way: Way, times: Sequence[float]) -> Sequence[str]:
    return (
        "N13",
        way.name,
        str(len(times)),
        f"{median(times):.1f}",
        f"{p99(times):.1f}",
        f"{max(times):.1f}",
        f"≤ {MOST_MS:.0f}",
        verdict(p99(times), MOST_MS),
    )


@contextmanager
def _ways() -> Iterator[Sequence[Way]]:
    with postgresql_server() as database, redis_server() as redis:
        database.run("CREATE DATABASE notify", "CREATE DATABASE redis")
        notify, bells = database.url("notify"), database.url("redis")
        yield (
            Way("SQLite, one server", 1, {}),
            Way("PostgreSQL, two servers", 2, {"HOULE_DATABASE_URL": notify}),
            Way(
                "PostgreSQL and Redis, two servers",
                2,
                {"HOULE_DATABASE_URL": bells, "HOULE_REDIS_URL": redis.url},
            ),
        )


def _measured(way: Way, folder: Path, starts: int) -> Sequence[float]:
    with _serving(way, folder) as servers:
        return asyncio.run(_starts(servers, access_token(servers[0]), starts))


@contextmanager
def _serving(way: Way, folder: Path) -> Iterator[Sequence[Server]]:
    secret = {"HOULE_SECRET_KEY": "0123456789abcdef0123456789abcdef"}  # all of one installation
    servers = [
        Server(folder / f"server-{n}", environment={**way.environment, **secret})
        for n in range(way.servers)
    ]
    running: list[Server] = []
    try:
        for server in servers:
            server.start()
            running.append(server)
        yield servers
    finally:
        for server in running:
            server.stop()


async def _starts(servers: Sequence[Server], token: str, starts: int) -> Sequence[float]:
    job_id, worker_token = await _prepared(servers[0])
    headers = {"Authorization": f"Bearer {token}"}
    retry = f"{servers[0].url}/api/v1/jobs/{job_id}/retry"
    times: list[float] = []
    async with (
        aiohttp.ClientSession(headers=headers) as person,
        LeaseClient(servers[-1].url, worker_token) as worker,
    ):
        await _end(worker, await _claimed(worker))
        for _ in range(starts):
            waiting = asyncio.create_task(_claimed(worker))
            await asyncio.sleep(_SETTLE)
            began = time.perf_counter()
            async with person.post(retry) as answer:
                if answer.status != 200:
                    raise NotMeasured(f"the wish was answered {answer.status}")
            job, received = await waiting
            times.append(1000 * (received - began))
            await _end(worker, (job, received))
    return times


async def _prepared(server: Server) -> tuple[str, str]:
    """Add a job and a worker's token, as a script of the operator would."""
    url = server.environment.get("HOULE_DATABASE_URL", f"sqlite:///{server.data}/houle.db")
    database = open_database(url)
    try:
        job_id = await database.write(enqueue, NewJob(kind=KIND, pool=POOL, payload={}))
        return job_id, await database.write(workers.create_token, "errands", [POOL])
    finally:
        await database.close()


async def _claimed(worker: LeaseClient) -> tuple[Job, float]:
    job = await worker.claim([POOL], "errand-boy", _WAIT_SECONDS)
    if job is None:
        raise NotMeasured(f"nothing began within {_WAIT_SECONDS:.0f} s")
    return job, time.perf_counter()


async def _end(worker: LeaseClient, claimed: tuple[Job, float]) -> None:
    await worker.fail(claimed[0], "again", "Once more.", retryable=False)
