"""Any order of what workers, people and time do to the queue, held against a model of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, delete, select, update

from server.database import Database, now_ms, open_database
from server.jobs import JOBS, Failure, Job, LeaseLost, NewJob, enqueue, history, outcomes, store
from server.jobs.dependencies import NeededJobFailed
from server.jobs.model import Claimant, JobEnded, JobNotEnded, Lease
from tests.server.conftest import aside

T = TypeVar("T")
POOLS = ("cpu", "gpu")
BROKEN = Failure("crashed", "It broke off.")
OVER = {"succeeded", "failed", "cancelled"}


@dataclass
class Model:
    """A job as it ought to be."""

    id: str
    pool: str
    rank: int  # the order in which it was added, less what it is more urgent
    state: str = "pending"
    attempt: int = 0
    token: int = 0
    cancel_requested: bool = False
    resting: bool = False
    needs: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=lambda: ["added"])

    def end(self, state: str) -> None:
        self.state = state
        self.history.append(state)

    def lose(self) -> str | None:
        """Return how it ended, if it did."""
        if self.cancel_requested:
            return "cancelled"
        if self.attempt == 4:
            return "failed"
        self.state, self.resting = "pending", True
        self.history.append("lost")
        return None


class Queue(RuleBasedStateMachine):
    """Leases may be used at any time, long after they were lost."""

    database: Database
    runner: asyncio.Runner
    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, Model] = {}
        self.write(lambda connection: connection.execute(delete(JOBS)))

    def write(self, change: Callable[..., T], *given: object) -> T:
        return self.runner.run(self.database.write(change, *given))

    @rule(pool=st.sampled_from(POOLS), priority=st.integers(0, 3))
    def add(self, pool: str, priority: int) -> None:
        new = NewJob(kind="errand", pool=pool, payload={}, priority=priority)
        job_id = self.write(enqueue, new)
        # A minute apart, so that a step of priority is a place in the queue.
        place = len(self.jobs)
        rank = (place - priority) * 60_000
        self.write(_set_rank, job_id, rank)
        self.jobs[job_id] = Model(job_id, pool, rank)

    @precondition(lambda self: self.jobs)
    @rule(pool=st.sampled_from(POOLS), which=st.sets(st.integers(0, 20), min_size=1, max_size=3))
    def add_needing(self, pool: str, which: set[int]) -> None:
        """Fan in: a job that waits for some of those that are there."""
        every = list(self.jobs.values())
        needs = sorted({every[n % len(every)].id for n in which})
        new = NewJob(kind="errand", pool=pool, payload={}, needs=needs)
        if any(self.jobs[each].state in {"failed", "cancelled"} for each in needs):
            _refused(lambda: self.write(enqueue, new), NeededJobFailed)
            return
        job_id, rank = self.write(enqueue, new), len(self.jobs) * 60_000
        self.write(_set_rank, job_id, rank)
        self.jobs[job_id] = Model(job_id, pool, rank, needs=needs)

    def is_blocked(self, job: Model) -> bool:
        return any(self.jobs[each].state != "succeeded" for each in job.needs)

    def end(self, job: Model, state: str) -> None:
        """End a job, and with it all that cannot begin any more."""
        job.end(state)
        for other in self.jobs.values():
            if state != "succeeded" and job.id in other.needs and other.state == "pending":
                self.end(other, "failed")

    def lose(self, job: Model) -> None:
        if (state := job.lose()) is not None:
            self.end(job, state)

    @rule(target=leases, pools=st.sets(st.sampled_from(POOLS), min_size=1))
    def claim(self, pools: set[str]) -> object:
        waiting = [
            job
            for job in self.jobs.values()
            if job.state == "pending"
            and job.pool in pools
            and not (job.resting or self.is_blocked(job))
        ]
        leased = self.write(store.claim, Claimant(worker_id="worker", pools=sorted(pools)))
        if not waiting:
            assert leased is None
            return multiple()
        first = min(waiting, key=lambda job: (job.rank, job.id))
        assert leased is not None
        assert leased.id == first.id
        first.state, first.attempt, first.token = "processing", first.attempt + 1, first.token + 1
        first.history.append("begun")
        assert (leased.attempt, leased.token) == (first.attempt, first.token)
        return leased

    def holds(self, lease: Job) -> Model | None:
        model = self.jobs[lease.id]
        return model if (model.state, model.token) == ("processing", lease.token) else None

    def allowed(self, lease: Job, change: Callable[..., object], *given: object) -> Model | None:
        """End a lease; return the job, or None where the lease was rightly refused."""
        shown = Lease(lease.id, lease.token)
        model = self.holds(lease)
        if model is None:
            _refused(lambda: self.write(change, {}, shown, *given))
        else:
            self.write(change, {}, shown, *given)
        return model

    @rule(lease=leases)
    def beat(self, lease: Job) -> None:
        model = self.holds(lease)
        if model is None:
            _refused(lambda: self.write(_beat, lease))
        else:
            assert self.write(_beat, lease) is model.cancel_requested

    @rule(lease=leases)
    def finish(self, lease: Job) -> None:
        if model := self.allowed(lease, outcomes.finish, {}):
            self.end(model, "succeeded")

    @rule(lease=leases)
    def break_off(self, lease: Job) -> None:
        if model := self.allowed(lease, partial(outcomes.fail, retryable=True), BROKEN):
            self.lose(model)

    @rule(lease=leases)
    def fail(self, lease: Job) -> None:
        if model := self.allowed(lease, partial(outcomes.fail, retryable=False), BROKEN):
            self.end(model, "failed")

    @rule(lease=leases)
    def release(self, lease: Job) -> None:
        model = self.allowed(lease, outcomes.release)
        if model is None:
            return
        if model.cancel_requested:
            self.end(model, "cancelled")
        else:
            model.state, model.attempt = "pending", model.attempt - 1
            model.history.append("released")

    @precondition(lambda self: any(job.state == "processing" for job in self.jobs.values()))
    @rule()
    def every_worker_dies(self) -> None:
        self.write(
            lambda c: c.execute(update(JOBS).values(lease_until=JOBS.c.lease_until - 60_000))
        )
        self.write(outcomes.take_back, {}, store.lapsed)
        for job in self.jobs.values():
            if job.state == "processing":
                self.lose(job)

    @rule()
    def time_passes(self) -> None:
        self.write(lambda c: c.execute(update(JOBS).values(run_at=now_ms() - 1)))
        for job in self.jobs.values():
            job.resting = False

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0))
    def cancel(self, which: int) -> None:
        job = list(self.jobs.values())[which % len(self.jobs)]
        if job.state in OVER:
            _refused(lambda: self.write(outcomes.cancel, {}, job.id), JobEnded)
            return
        self.write(outcomes.cancel, {}, job.id)
        job.cancel_requested = True
        job.history.append("cancel requested")
        if job.state == "pending":
            self.end(job, "cancelled")

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0))
    def retry(self, which: int) -> None:
        job = list(self.jobs.values())[which % len(self.jobs)]
        if job.state not in {"failed", "cancelled"}:
            _refused(lambda: self.write(outcomes.retry, {}, job.id), JobNotEnded)
            return
        self.write(outcomes.retry, {}, job.id)
        self.write(_set_rank, job.id, job.rank)
        job.state, job.attempt, job.cancel_requested, job.resting = "pending", 0, False, False
        job.history.append("tried again")

    @invariant()
    def the_rows_are_as_the_model_says(self) -> None:
        rows = self.runner.run(self.database.read(_rows))
        assert rows == {
            job.id: (job.state, job.attempt, job.token, job.cancel_requested)
            for job in self.jobs.values()
        }

    def teardown(self) -> None:
        for job in self.jobs.values():
            told = self.runner.run(self.database.read(history.of_job, job.id))
            assert [event.type for event in told] == job.history


def test_the_queue_is_what_its_model_says(database_url: str) -> None:
    async def opened() -> Database:
        return open_database(database_url)

    def played() -> None:
        with asyncio.Runner() as runner:
            Queue.runner, Queue.database = runner, runner.run(opened())
            given = settings(
                max_examples=25,
                stateful_step_count=30,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            )
            run_state_machine_as_test(Queue, settings=given)
            runner.run(Queue.database.close())

    aside(asyncio.to_thread(played))


def _set_rank(connection: Connection, job_id: str, rank: int) -> None:
    connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(rank=rank))


def _beat(connection: Connection, lease: Job) -> bool:
    return store.beat(connection, Lease(lease.id, lease.token), progress=0.5, step="walking")


def _rows(connection: Connection) -> dict[str, tuple[str, int, int, bool]]:
    shown = select(JOBS.c.id, JOBS.c.state, JOBS.c.attempt, JOBS.c.token, JOBS.c.cancel_requested)
    return {row[0]: (row[1], row[2], row[3], bool(row[4])) for row in connection.execute(shown)}


def _refused(write: Callable[[], object], why: type[Exception] = LeaseLost) -> None:
    with pytest.raises(why):
        write()
