"""The loop of a worker: claim, do, finish; beat meanwhile; hand back on the way out.

One job at a time. Beats run in a task of their own, so that a job which is busy keeps its lease,
and end with it. A lost lease, a wish to cancel and work that is stuck all stop the work. A stopped
worker lets its job end within a grace, or else gives it back, and the attempt does not count.

While the server is away, everything is said again for as long as the lease may live.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeAlias, TypeVar

from jobs.messages import (
    BEATS,
    Job,
    LeaseLost,
    ProtocolRefused,
    RequestRefused,
    ServerAway,
    TokenRefused,
)
from jobs.pace import Pace
from jobs.queue import Queue

log = logging.getLogger(__name__)

T = TypeVar("T")


GRACE_SECONDS = 3.0  # the server kills a worker 10 s after it asked it to stop
_LONGEST_PAUSE = 5.0  # seconds between claims while the server is away


class _Ending(Enum):
    DONE = auto()  # with a result or an error
    CANCELLED = auto()
    LOST = auto()
    STOPPED = auto()
    STUCK = auto()


class NoRoom(Exception):
    """There is no room for another job's files; some may be made."""


class JobFailed(Exception):
    """The work ended without a result; code and message are for the job's owner."""

    def __init__(self, code: str, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable


@dataclass(slots=True)
class Lease:
    """A claimed job, as the one who does it sees it."""

    job: Job
    client: Queue
    progress: float | None = None  # both go out with the next beat
    step: str | None = None
    pace: Pace = field(default_factory=lambda: Pace(_now()))
    _lapses_at: float = field(init=False)  # by the loop's clock

    def __post_init__(self) -> None:
        self._lapses_at = _now() + self.job.lease_seconds

    @property
    def patience(self) -> float:
        """For how long the lease may still live: a server that is away may yet come back."""
        return max(0.0, self._lapses_at - _now())

    async def beat(self) -> bool:
        """Renew the lease; True: somebody wants the job cancelled."""
        began = _now()
        cancel = await self.client.beat(self.job, self.progress, self.step, patience=self.patience)
        self._lapses_at = began + self.job.lease_seconds  # the server counts from a little later
        return cancel

    def sign(self) -> None:
        """Note that the work goes on; it gives a sign whenever it did a step."""
        self.pace.sign(_now())

    def moving(self) -> None:
        """Note that bytes move, which is no step."""
        self.pace.moving(_now())

    async def report(self, facts: Sequence[Mapping[str, Any]]) -> None:
        """Tell what was found and made. Raises LeaseLost, or ServerAway when it lapsed."""
        self.sign()
        await self.client.report(self.job, facts, patience=self.patience)


async def _plenty() -> None:
    """Is for workers whose files somebody else makes room for."""


Work: TypeAlias = Callable[[Lease], Awaitable[Mapping[str, Any]]]


@dataclass(slots=True)
class Worker:
    """Does jobs of its pools until it is stopped."""

    client: Queue
    worker_id: str
    pools: Sequence[str]
    kinds: Mapping[str, Work]
    grace_seconds: float = GRACE_SECONDS
    require_room: Callable[[], Awaitable[None]] = _plenty  # for another job's files
    pace: Callable[[float], Pace] = Pace
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """Take nothing new, end or hand back what runs; `run` then returns."""
        self._stopping.set()

    async def run(self) -> None:
        """Raises TokenRefused and ProtocolRefused, which no patience mends."""
        pause = 0.1
        while not self._stopping.is_set():
            try:
                job = await self._unless_stopped(self._claimed())
                pause = 0.1
            except (TokenRefused, ProtocolRefused):
                raise
            except (NoRoom, ServerAway, RequestRefused) as error:
                log.warning("no jobs to be had", extra={"reason": str(error)})
                await self._unless_stopped(asyncio.sleep(pause))
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            if job is not None:
                await self._do(job)

    async def _claimed(self) -> Job | None:
        await self.require_room()
        return await self.client.claim(self.pools, self.worker_id)

    async def _unless_stopped(self, wait: Coroutine[Any, Any, T]) -> T | None:
        """Await it, or give it up as soon as the worker stops."""
        waiting = asyncio.create_task(wait)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return waiting.result() if waiting.done() else None
        finally:
            await _end(stopping, waiting)

    async def _do(self, job: Job) -> None:
        lease = Lease(job, self.client, pace=self.pace(_now()))
        work = asyncio.create_task(self._worked(lease), name=f"job {job.id}")
        beats = asyncio.create_task(self._beats(lease), name=f"beats of {job.id}")
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({work, beats, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.done():
                await asyncio.wait(
                    {work, beats},
                    timeout=self.grace_seconds,
                    return_when=asyncio.FIRST_COMPLETED,
                )
            ending = _ending(work, beats)
        finally:
            await _end(stopping, work, beats)
        try:
            await self._tell(lease, ending, work)
        except LeaseLost:
            log.warning("lease lost", extra={"job": job.id})
        except (ServerAway, RequestRefused) as error:  # the lease lapses, and the job runs again
            log.warning("outcome not heard", extra={"job": job.id, "reason": str(error)})

    async def _worked(self, lease: Lease) -> Mapping[str, Any]:
        work = self.kinds.get(lease.job.kind)
        if work is None:
            words = f"This worker does not know the job kind {lease.job.kind}."
            raise JobFailed("unknown_kind", words, retryable=True)
        return await work(lease)

    async def _beats(self, lease: Lease) -> _Ending:
        """Beat until there is a reason to stop the work, and return it."""
        while True:
            await asyncio.sleep(lease.job.lease_seconds / BEATS)
            try:
                if lease.pace.is_stuck(_now()):
                    return _Ending.STUCK
                if await lease.beat():
                    return _Ending.CANCELLED
            except (LeaseLost, ServerAway, RequestRefused):
                return _Ending.LOST

    async def _tell(
        self, lease: Lease, ending: _Ending, work: asyncio.Task[Mapping[str, Any]]
    ) -> None:
        job = lease.job
        match ending:
            case _Ending.DONE:
                await self._tell_outcome(lease, work)
            case _Ending.CANCELLED:
                await self.client.fail(
                    job,
                    "cancelled",
                    "It was cancelled.",
                    retryable=False,
                    patience=lease.patience,
                )
            case _Ending.STOPPED:
                await self.client.release(job, patience=lease.patience)
            case _Ending.STUCK:
                log.error("job stuck", extra={"job": job.id, "kind": job.kind})
                words = "The work stood still for too long."
                await self.client.fail(job, "stuck", words, retryable=True, patience=lease.patience)
            case _Ending.LOST:
                log.warning("lease lost", extra={"job": job.id})

    async def _tell_outcome(self, lease: Lease, work: asyncio.Task[Mapping[str, Any]]) -> None:
        job, patience = lease.job, lease.patience
        try:
            result = work.result()
        except JobFailed as error:
            await self.client.fail(
                job, error.code, str(error), retryable=error.retryable, patience=patience
            )
        except (LeaseLost, ServerAway):
            raise
        except Exception:
            log.exception("job crashed", extra={"job": job.id, "kind": job.kind})
            words = "The work broke off. The server's log says why."
            await self.client.fail(job, "crashed", words, retryable=True, patience=patience)
        else:
            await self.client.finish(job, result, patience=patience)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _ending(work: asyncio.Task[Mapping[str, Any]], beats: asyncio.Task[_Ending]) -> _Ending:
    if work.done():
        return _Ending.DONE
    return beats.result() if beats.done() else _Ending.STOPPED


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel what still runs and wait for its end; how it ended is read elsewhere."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
