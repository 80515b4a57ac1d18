"""The queue of work: rows that workers lease, and whose outcomes change their slice's rows."""

from server.events import Announcement
from server.jobs import history, listing, outcomes, presence
from server.jobs.chores import CHORES, Chore
from server.jobs.direct import DirectQueue
from server.jobs.kinds import Fact, JobKind, Kinds, Objects, register
from server.jobs.leases import LEASES
from server.jobs.listing import Listed
from server.jobs.model import Failure, Job, JobNotFound, JobState, LeaseLost, NewJob
from server.jobs.routes import setup
from server.jobs.store import cancel, enqueue, purge
from server.jobs.table import JOBS

__all__ = [
    "CHORES",
    "JOBS",
    "LEASES",
    "Announcement",
    "Chore",
    "DirectQueue",
    "Fact",
    "Failure",
    "Job",
    "JobKind",
    "JobNotFound",
    "JobState",
    "Kinds",
    "LeaseLost",
    "Listed",
    "NewJob",
    "Objects",
    "cancel",
    "enqueue",
    "history",
    "listing",
    "outcomes",
    "presence",
    "purge",
    "register",
    "setup",
]
