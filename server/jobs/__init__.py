"""The queue of work: rows that workers lease, and whose outcomes change their slice's rows."""

from server.jobs.kinds import Announcement, Fact, JobKind, register
from server.jobs.leases import LEASES
from server.jobs.model import Failure, Job, LeaseLost
from server.jobs.routes import setup
from server.jobs.store import JOBS, cancel, enqueue

__all__ = [
    "JOBS",
    "LEASES",
    "Announcement",
    "Fact",
    "Failure",
    "Job",
    "JobKind",
    "LeaseLost",
    "cancel",
    "enqueue",
    "register",
    "setup",
]
