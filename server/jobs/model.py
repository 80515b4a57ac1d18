"""What a job is, and when a lost one runs again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.errors import Conflict

LEASE_SECONDS = 15  # a worker beats every 5, so two beats may get lost
BACK_OFF_SECONDS = (5, 15, 45)  # after the first, second and third loss; the fourth is the last
MAX_ATTEMPTS = len(BACK_OFF_SECONDS) + 1

CANCELLED = "cancelled"
WORKER_LOST = "worker_lost"
WORKER_LOST_MESSAGE = "The work broke off again and again. The server's log may say why."


class JobState(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


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
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job ended without success: a stable code, and words for its owner."""

    code: str
    message: str


def back_off_ms(attempt: int) -> int:
    """Return how long the job rests after its attempt number `attempt` was lost."""
    return BACK_OFF_SECONDS[min(attempt, len(BACK_OFF_SECONDS)) - 1] * 1000
