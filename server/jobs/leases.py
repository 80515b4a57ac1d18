"""Leases: handed out, kept, ended, and taken back from workers that are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec

import structlog
from aiohttp import web
from sqlalchemy import Connection

from server import outbox
from server.database import DATABASE, Database, row_locking
from server.events import BUS, Announcement, Bus, rung
from server.jobs import outcomes, store
from server.jobs.kinds import KINDS, Fact, JobKind, Kinds, kind_of
from server.jobs.model import Claimant, Failure, Job, Lease
from server.jobs.news import going_on, told
from server.metrics import JOBS_REAPED
from server.settings import SETTINGS

BELL = "jobs"  # the topic that says: there is something to claim
POLL_SECONDS = 1.0  # a bell that was not heard (of a process without a link) costs this much
LONGEST_WAIT = 30.0

P = ParamSpec("P")

log = structlog.get_logger()


class Leases:
    """The workers' side of the queue."""

    def __init__(
        self, database: Database, bus: Bus, kinds: Kinds, *, most: int | None = None
    ) -> None:
        """Take how many jobs of one owner may run in a pool at once; None is no limit."""
        self._database = database
        self._bus = bus
        self._kinds = kinds
        self._most = most
        self.hearers: list[Callable[[Announcement], None]] = []  # of what this process announces

    async def claim(
        self,
        claimant: Claimant,
        wait_seconds: float,
        *,
        listening: Callable[[], bool] = lambda: True,
    ) -> Job | None:
        """Lease the next job of these pools, waiting for one for a while.

        Nothing is leased to a worker that stopped `listening`.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(wait_seconds, LONGEST_WAIT)
        async with self._bus.subscribe(BELL, bound=1) as bell:
            while listening():
                job = await self._claimed(claimant)
                left = deadline - loop.time()
                if job is not None or left <= 0:
                    return job
                if not await rung(bell, min(left, POLL_SECONDS)):
                    return None
        return None

    async def _claimed(self, claimant: Claimant) -> Job | None:
        if not await self._database.point(store.has_claimable, claimant.pools, most=self._most):
            return None
        job = await self._database.write(_claim, claimant, self._bus.origin, most=self._most)
        if job is not None:
            log.info(
                "job leased",
                job=job.id,
                kind=job.kind,
                attempt=job.attempt,
                worker=claimant.worker_id,
            )
            self._tell([told(job)])
        return job

    async def beat(self, lease: Lease, *, progress: float | None, step: str | None) -> bool:
        """Renew the lease; return whether the worker is asked to stop."""
        asked = await self._database.write(store.beat, lease, progress=progress, step=step)
        self._tell([going_on(lease.job_id, progress, step)])
        return asked

    async def report(self, lease: Lease, facts: Sequence[Fact]) -> None:
        """Keep facts while the job runs; glimpses are told and forgotten, without a write."""
        job = await self._database.point(store.find_leased, lease)
        kind = kind_of(self._kinds, job)
        if all(fact.get("type") in kind.glimpses for fact in facts):
            self._tell(await self._database.point(kind.on_glimpses, job, facts))
            return

        self._tell(await self._database.write(_report, kind, lease, facts, self._bus.origin))

    async def finish(self, lease: Lease, result: Mapping[str, Any]) -> None:
        """End a job with success."""
        told = await self._database.write(_finish, self._kinds, lease, result, self._bus.origin)
        self._tell(told)
        self.ring()  # for those that needed it, or wait for their owner's turn
        log.info("job finished", job=lease.job_id)

    async def fail(self, lease: Lease, failure: Failure, *, retryable: bool) -> None:
        """End an attempt without success: for good, or until the next one."""
        await self._change(outcomes.fail, lease, failure, retryable=retryable)
        self.ring()
        log.warning("job failed", job=lease.job_id, code=failure.code, retryable=retryable)

    async def release(self, lease: Lease) -> None:
        """Take a job back from a worker that drains; the attempt does not count."""
        await self._change(outcomes.release, lease)
        self.ring()

    async def cancel(self, job_id: str) -> None:
        """End a job for a person: now, or at the next beat of its worker. Raises JobEnded."""
        await self._change(outcomes.cancel, job_id)
        log.info("job cancelled", job=job_id)

    async def retry(self, job_id: str) -> None:
        """Begin a job again that ended without success. Raises JobNotEnded."""
        await self._change(outcomes.retry, job_id)
        self.ring()
        log.info("job tried again", job=job_id)

    async def worker_lost(self, worker_id: str, holder: str) -> int:
        """Take back what a worker held that is known to be dead; return how many jobs."""
        return await self._take_back(
            lambda connection: store.held_by(connection, worker_id, holder)
        )

    async def reap(self) -> int:
        """Take back what workers let lapse; return how many jobs."""
        if not await self._database.point(store.has_lapsed):
            return 0
        return await self._take_back(store.lapsed)

    def ring(self) -> None:
        """Tell waiting workers that there is something to claim."""
        self._bus.publish(BELL, {}, transient=True)

    async def _take_back(self, which: Callable[[Connection], Sequence[Job]]) -> int:
        def change(connection: Connection) -> tuple[int, Sequence[Announcement]]:
            count, news = outcomes.take_back(connection, self._kinds, which)
            outbox.record(connection, self._bus.origin, news)
            return count, news

        count, news = await self._database.write(change)
        self._tell(news)
        if count:
            JOBS_REAPED.inc(count)
            log.warning("leases taken back", jobs=count)
        return count

    async def _change(
        self,
        change: Callable[Concatenate[Connection, Kinds, P], Sequence[Announcement]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        def recorded(connection: Connection) -> Sequence[Announcement]:
            news = change(connection, self._kinds, *args, **kwargs)
            outbox.record(connection, self._bus.origin, news)
            return news

        self._tell(await self._database.write(recorded))

    def _tell(self, announcements: Sequence[Announcement]) -> None:
        for note in announcements:
            for hear in self.hearers:
                hear(note)
            self._bus.publish(note.topic, note.event, transient=note.transient)


LEASES = web.AppKey("leases", Leases)


def leases_of(app: web.Application) -> Leases:
    most = app[SETTINGS].jobs_per_owner
    return Leases(app[DATABASE], app[BUS], app[KINDS], most=most)


@row_locking
def _claim(
    connection: Connection, claimant: Claimant, origin: str, *, most: int | None
) -> Job | None:
    job = store.claim(connection, claimant, most=most)
    if job is not None:
        outbox.record(connection, origin, [told(job)])
    return job


@row_locking
def _report(
    connection: Connection, kind: JobKind, lease: Lease, facts: Sequence[Fact], origin: str
) -> Sequence[Announcement]:
    job = store.hold(connection, lease)
    news = kind.on_facts(connection, job, facts)
    outbox.record(connection, origin, news)
    return news


@row_locking
def _finish(
    connection: Connection, kinds: Kinds, lease: Lease, result: Mapping[str, Any], origin: str
) -> Sequence[Announcement]:
    news = outcomes.finish(connection, kinds, lease, result)
    outbox.record(connection, origin, news)
    return news
