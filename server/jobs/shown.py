"""What people send about jobs and get back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from server.jobs.history import JobEvent
from server.jobs.listing import Listed
from server.jobs.model import JobState

GENERATIVE: tuple[str, ...] = ()  # kinds that make something new; a list shows these unless asked
ANY = "any"


class JobList(BaseModel):
    """Which part of the list is asked for."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None
    kind: Annotated[
        str | None,
        Field(max_length=40, description="`any`, or a kind; generative ones otherwise"),
    ] = None
    status: JobState | None = None
    pool: Annotated[str | None, Field(max_length=40)] = None
    parent: Annotated[
        str | None, Field(max_length=50, description="the job that they are parts of")
    ] = None
    owner: Annotated[
        str | None, Field(max_length=50, description="a user's id or `any`; for admins")
    ] = None


class JobFault(BaseModel):
    code: str
    message: str


class JobOwner(BaseModel):
    id: str
    username: str


class Output(BaseModel):
    """What came of it."""

    model_config = ConfigDict(title="JobOutput")

    url: str | None = None
    track_id: str | None = None


class JobResource(BaseModel):
    """A job."""

    model_config = ConfigDict(title="Job")

    id: str
    kind: str
    pool: str
    parent_id: str | None
    owner: Annotated[JobOwner | None, Field(description="none: the server's own, or gone")]
    status: JobState
    progress: Annotated[float | None, Field(description="0 to 1, of the attempt that runs")]
    step: str | None
    attempt: int
    max_attempts: int
    cancel_requested: bool
    track_id: str | None
    output: Output | None
    error: JobFault | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Listed) -> JobResource:
        track_id = job.payload.get("track_id")
        done = job.state is JobState.SUCCEEDED
        return cls(
            id=job.id,
            kind=job.kind,
            pool=job.pool,
            parent_id=job.parent_id,
            owner=_owner(job),
            status=job.state,
            progress=job.progress,
            step=job.step,
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            cancel_requested=job.cancel_requested,
            track_id=track_id,
            output=Output(track_id=track_id) if done else None,
            error=_fault(job),
            created_at=_time(job.created_at),
            started_at=_moment(job.started_at),
            finished_at=_moment(job.finished_at),
        )


class Happening(BaseModel):
    """One change of a job."""

    at: datetime
    type: str
    attempt: int | None
    detail: str | None


class JobWithHistory(JobResource):
    """A job, and what happened to it."""

    history: list[Happening]

    @classmethod
    def told(cls, job: Listed, events: Sequence[JobEvent]) -> JobWithHistory:
        happened = [
            Happening(at=_time(e.at), type=e.type, attempt=e.attempt, detail=e.detail)
            for e in events
        ]
        shown: dict[str, Any] = dict(JobResource.of(job))
        return cls(**shown, history=happened)


class JobPage(BaseModel):
    items: list[JobResource]
    next_cursor: str | None


def _owner(job: Listed) -> JobOwner | None:
    if job.owner_id is None:
        return None
    return JobOwner(id=job.owner_id, username=job.owner_name or "")


def _fault(job: Listed) -> JobFault | None:
    if job.error_code is None:
        return None
    return JobFault(code=job.error_code, message=job.error or "")


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _time(milliseconds)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
