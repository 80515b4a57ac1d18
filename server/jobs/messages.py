"""What workers send and get."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from server.jobs.leases import LONGEST_WAIT
from server.jobs.model import Job

_Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Claim(_Body):
    """Which work a worker takes, and how long it waits for some."""

    pools: Annotated[list[_Name], Field(min_length=1, max_length=16)]
    worker_id: _Name
    wait_seconds: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = 0
    protocol: int = 0
    version: Annotated[str, Field(max_length=40)] = ""


class Leased(BaseModel):
    """A job for a while; every message about it carries the token."""

    id: str
    kind: str
    pool: str
    token: int
    attempt: int
    lease_seconds: float  # until then it wants to hear of the worker
    payload: dict[str, Any]
    grant: str

    @classmethod
    def of(cls, job: Job, grant: str) -> Leased:
        return cls(
            id=job.id,
            kind=job.kind,
            pool=job.pool,
            token=job.token,
            attempt=job.attempt,
            lease_seconds=job.lease_ms / 1000,
            payload=dict(job.payload),
            grant=grant,
        )


class Beat(_Body):
    token: int
    progress: Annotated[float | None, Field(ge=0, le=1)] = None
    step: Annotated[str | None, Field(max_length=100)] = None


class Beaten(BaseModel):
    """Whether the worker is asked to stop."""

    cancel: bool


class Report(_Body):
    token: int
    facts: Annotated[list[dict[str, Any]], Field(max_length=1000)]


class Finish(_Body):
    token: int
    result: dict[str, Any] = {}


class Fail(_Body):
    token: int
    code: Annotated[str, Field(min_length=1, max_length=60)]
    message: Annotated[str, Field(max_length=2000)]
    retryable: bool


class Release(_Body):
    token: int


class TakenBack(BaseModel):
    """How many jobs a dead worker had."""

    jobs: int
