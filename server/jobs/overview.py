"""What operators get: pools and workers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from server.jobs.pools import Pool
from server.jobs.presence import LiveWorker


class PoolResource(BaseModel):
    """A pool of the queue."""

    model_config = ConfigDict(title="JobPool")

    pool: str
    pending: int
    processing: int
    oldest_pending_seconds: Annotated[
        float, Field(description="for how long the next job has been due")
    ]
    workers_alive: int

    @classmethod
    def of(cls, pool: Pool) -> PoolResource:
        return cls(
            pool=pool.name,
            pending=pool.pending,
            processing=pool.processing,
            oldest_pending_seconds=pool.oldest_pending_seconds,
            workers_alive=pool.workers_alive,
        )


class PoolList(BaseModel):
    items: list[PoolResource]


class WorkerResource(BaseModel):
    """A worker that is there."""

    model_config = ConfigDict(title="Worker")

    id: str
    name: Annotated[str, Field(description="of its token")]
    pools: list[str]
    version: str
    seen_at: Annotated[datetime, Field(description="when it last asked for work")]
    job_id: Annotated[str | None, Field(description="what it does")]

    @classmethod
    def of(cls, worker: LiveWorker) -> WorkerResource:
        seen_at = datetime.fromtimestamp(worker.seen_at / 1000, UTC)
        return cls(**asdict(worker) | {"pools": list(worker.pools), "seen_at": seen_at})


class WorkerList(BaseModel):
    items: list[WorkerResource]
