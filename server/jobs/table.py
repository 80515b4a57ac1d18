"""The table of the queue, and how its indexes serve those who look for work."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    literal_column,
)

from server.database import METADATA
from server.jobs.model import JobState

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("pool", String(40), nullable=False),
    Column("owner_id", ForeignKey("users.id", ondelete="SET NULL")),
    Column("parent_id", String(36)),  # the job that this one is a part of
    Column("blockers", Integer, nullable=False, server_default="0"),  # jobs it needs, not done yet
    Column("needed", Boolean, nullable=False, server_default=false()),  # a job needs it, or did
    Column("priority", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),  # how many were begun
    Column("max_attempts", Integer, nullable=False),
    Column("run_at", BigInteger, nullable=False),
    Column("rank", BigInteger, nullable=False, server_default="0"),  # the lowest is claimed first
    Column("lease_ms", Integer, nullable=False, server_default="15000"),  # of the latest lease
    Column("lease_until", BigInteger),
    Column("worker_id", String(100)),
    Column("holder", String(36)),  # whose token leased it
    Column("token", Integer, nullable=False),  # of the latest lease; each claim adds one
    Column("cancel_requested", Boolean, nullable=False),
    Column("progress", Float),  # 0 to 1
    Column("step", String(100)),
    Column("payload", JSON, nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("idempotency_key", String(100)),
    Column("error_code", String(60)),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),  # the latest attempt's
    Column("finished_at", BigInteger),
)
# written out in the statement: a partial index is not chosen for a value that comes later
PENDING = JOBS.c.state == literal_column(f"'{JobState.PENDING.value}'")
PROCESSING = JOBS.c.state == literal_column(f"'{JobState.PROCESSING.value}'")
CLAIMABLE = PENDING & (JOBS.c.blockers == literal_column("0"))
Index(
    "ix_jobs_claim",
    *(JOBS.c.pool, JOBS.c.rank, JOBS.c.id),
    sqlite_where=CLAIMABLE,
    postgresql_where=CLAIMABLE,
)
Index("ix_jobs_lease", JOBS.c.lease_until, sqlite_where=PROCESSING, postgresql_where=PROCESSING)
Index(
    "ix_jobs_running",
    JOBS.c.pool,
    JOBS.c.owner_id,
    sqlite_where=PROCESSING,
    postgresql_where=PROCESSING,
)
Index("ix_jobs_parent", JOBS.c.parent_id)
Index("ix_jobs_newest", JOBS.c.created_at, JOBS.c.id)
Index("ix_jobs_owner_newest", JOBS.c.owner_id, JOBS.c.created_at, JOBS.c.id)
# for lists of jobs in one state; not of all, or SQLite would take it where it looks for work, too
UNSUCCESSFUL = JOBS.c.state != literal_column(f"'{JobState.SUCCEEDED.value}'")
Index(
    "ix_jobs_state_newest",
    *(JOBS.c.state, JOBS.c.created_at, JOBS.c.id),
    sqlite_where=UNSUCCESSFUL,
    postgresql_where=UNSUCCESSFUL,
)
Index(
    "ix_jobs_owner_state_newest",
    *(JOBS.c.owner_id, JOBS.c.state, JOBS.c.created_at, JOBS.c.id),
    sqlite_where=UNSUCCESSFUL,
    postgresql_where=UNSUCCESSFUL,
)
Index("ix_jobs_kind_newest", JOBS.c.kind, JOBS.c.created_at, JOBS.c.id)
Index("ix_jobs_owner_kind_newest", JOBS.c.owner_id, JOBS.c.kind, JOBS.c.created_at, JOBS.c.id)
Index("ix_jobs_finished", JOBS.c.finished_at)
Index("uq_jobs_idempotency", JOBS.c.owner_id, JOBS.c.kind, JOBS.c.idempotency_key, unique=True)
AGEING_MS = 60_000  # waiting for this long weighs as much as one step of priority

DEPENDENCIES = Table(
    "job_dependencies",
    METADATA,
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("needs_id", ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_job_dependencies_needs", "needs_id"),
)
