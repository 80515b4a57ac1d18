"""What a worker asks of a queue, wherever that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jobs.messages import Job


class Queue(Protocol):
    """Leases jobs and hears of them. Raises LeaseLost, ServerAway and RequestRefused.

    Where the queue is away for a moment, a call may be tried again for `patience` seconds.
    """

    async def claim(
        self, pools: Sequence[str], worker_id: str, wait_seconds: float = ...
    ) -> Job | None:
        """Wait for a job of these pools; None when there was none."""

    async def beat(
        self, job: Job, progress: float | None = ..., step: str | None = ..., *, patience: float
    ) -> bool:
        """Keep the lease for another term; True: somebody wants the job cancelled."""
        ...

    async def report(
        self, job: Job, facts: Sequence[Mapping[str, Any]], *, patience: float
    ) -> None:
        """Tell what was found and made."""

    async def finish(self, job: Job, result: Mapping[str, Any], *, patience: float) -> None:
        """End the job with success."""

    async def fail(
        self, job: Job, code: str, message: str, *, retryable: bool, patience: float
    ) -> None:
        """End the attempt without success."""

    async def release(self, job: Job, *, patience: float) -> None:
        """Hand the job back unharmed."""
