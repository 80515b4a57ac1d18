"""What is told of a job on the bus, `job:{id}`: that it changed, or how far it is."""

from __future__ import annotations

from typing import Any

from server.events import Announcement
from server.jobs.model import Job


def topic(job_id: str) -> str:
    return f"job:{job_id}"


def told(job: Job) -> Announcement:
    """Say that the job reads differently now."""
    return Announcement(topic(job.id), {"type": "changed", "status": job.state.value})


def going_on(job_id: str, progress: float | None, step: str | None) -> Announcement:
    """Say how far it is; a slow watcher may miss that."""
    event: dict[str, Any] = {"type": "progress", "progress": progress, "step": step}
    return Announcement(topic(job_id), event, transient=True)
