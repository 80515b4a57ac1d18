"""The queue without HTTP in between, for the server's own worker, which has the database itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from jobs import messages
from server.database import Database
from server.errors import Unavailable
from server.events import Bus
from server.jobs.leases import Leases
from server.jobs.model import Claimant, Failure, Job, Lease, LeaseLost
from server.jobs.presence import Presence

T = TypeVar("T")

PAUSE = 0.5  # seconds, before a database that is away is asked again
HOLDER = "server"  # of the leases; a worker that comes by HTTP never has it


class DirectQueue:
    """Leases as any worker has them, under the same rules."""

    def __init__(self, database: Database, version: str, lease_seconds: float) -> None:
        # No kinds: a chore changes the rows it is about itself, and its outcome nothing more.
        self._leases = Leases(database, Bus(), {})
        self._presence = Presence(database)
        self._version = version
        self._lease_ms = round(1000 * lease_seconds)

    async def claim(
        self, pools: Sequence[str], worker_id: str, wait_seconds: float = 20
    ) -> messages.Job | None:
        claimant = Claimant(
            worker_id=worker_id, pools=pools, holder=HOLDER, lease_ms=self._lease_ms
        )

        async def ask() -> Job | None:
            await self._presence.note(claimant, self._version)
            return await self._leases.claim(claimant, wait_seconds)

        job = await _patiently(0, ask)
        return None if job is None else _leased(job)

    async def disown(self, worker_id: str) -> None:
        """Take back what this worker held when it was killed."""
        await self._leases.worker_lost(worker_id, HOLDER)

    async def beat(
        self,
        job: messages.Job,
        progress: float | None = None,
        step: str | None = None,
        *,
        patience: float = 0,
    ) -> bool:
        lease = _lease(job)
        return await _patiently(
            patience, lambda: self._leases.beat(lease, progress=progress, step=step)
        )

    async def report(
        self, job: messages.Job, facts: Sequence[Mapping[str, Any]], *, patience: float = 0
    ) -> None:
        told = [dict(fact) for fact in facts]
        await _patiently(patience, lambda: self._leases.report(_lease(job), told))

    async def finish(
        self, job: messages.Job, result: Mapping[str, Any], *, patience: float = 0
    ) -> None:
        await _patiently(patience, lambda: self._leases.finish(_lease(job), result))

    async def fail(
        self,
        job: messages.Job,
        code: str,
        message: str,
        *,
        retryable: bool,
        patience: float = 0,
    ) -> None:
        lease, failure = _lease(job), Failure(code, message)
        await _patiently(patience, lambda: self._leases.fail(lease, failure, retryable=retryable))

    async def release(self, job: messages.Job, *, patience: float = 0) -> None:
        await _patiently(patience, lambda: self._leases.release(_lease(job)))


def _lease(job: messages.Job) -> Lease:
    return Lease(job.id, job.token, HOLDER)


def _leased(job: Job) -> messages.Job:
    return messages.Job(
        id=job.id,
        kind=job.kind,
        pool=job.pool,
        token=job.token,
        attempt=job.attempt,
        payload=job.payload,
        lease_seconds=job.lease_ms / 1000,
        grant="",  # it opens objects over HTTP
    )


async def _patiently(patience: float, ask: Callable[[], Awaitable[T]]) -> T:
    """Ask, and again while the database is away, for so many seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while True:
        try:
            return await ask()
        except LeaseLost as lost:
            raise messages.LeaseLost(str(lost)) from lost
        except Unavailable as away:
            if loop.time() + PAUSE >= deadline:
                raise messages.ServerAway(str(away)) from away
        await asyncio.sleep(PAUSE)
