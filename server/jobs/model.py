"""What a job is, and when a lost one runs again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.errors import Conflict, NotFound

LEASE_MS = 15_000  # a worker beats three times in it, so two beats may get lost
RESTS = (1, 3, 9)  # thirds of a lease: 5, 15, 45 s after the first three losses
MAX_ATTEMPTS = len(RESTS) + 1

CANCELLED = "cancelled"
WORKER_LOST = "worker_lost"
WORKER_LOST_MESSAGE = "The work broke off again and again. The server's log may say why."


class JobState(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})


EMBEDDED = "embedded"  # the holder of what this server's own worker leased


class JobNotFound(NotFound):
    """There is no such job, or it is another's."""


class JobEnded(Conflict):
    """What is over cannot be cancelled."""


class JobNotEnded(Conflict):
    """Only what failed or was cancelled can be tried again."""


class LeaseLost(Conflict):
    """The job is another worker's, or nobody's any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A row of the queue, as the slices and the workers see it."""

    id: str
    kind: str
    pool: str
    owner_id: str | None
    state: JobState
    attempt: int
    max_attempts: int
    token: int
    cancel_requested: bool
    needed: bool  # others wait for it, or did
    lease_ms: int
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lease:
    """What a worker shows with everything it says of a job."""

    job_id: str
    token: int
    holder: str = EMBEDDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """A worker that asks for a job of these pools."""

    worker_id: str
    pools: Sequence[str]
    holder: str = EMBEDDED
    lease_ms: int = LEASE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be added.

    Priority counts in minutes of waiting. With a key that the owner has used for this kind before,
    nothing is added.
    """

    kind: str
    pool: str
    payload: Mapping[str, Any]
    owner_id: str | None = None
    priority: int = 0
    idempotency_key: str | None = None
    parent_id: str | None = None
    needs: Sequence[str] = ()  # jobs that must succeed before it begins


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job ended without success: a stable code, and words for its owner."""

    code: str
    message: str

    @property
    def state(self) -> JobState:
        return JobState.CANCELLED if self.code == CANCELLED else JobState.FAILED


def back_off_ms(attempt: int, lease_ms: int) -> int:
    """Return how long a job rests after it was lost for the `attempt`th time."""
    return RESTS[min(attempt, len(RESTS)) - 1] * lease_ms // 3
