"""Workers of other machines, jobs that need jobs, and what is still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITS = sa.text("state = 'pending'")
_CLAIMABLE = sa.text("state = 'pending' AND blockers = 0")
_RUNS = sa.text("state = 'processing'")
_IN_FORCE = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("holder", sa.String(36)))
        jobs.add_column(sa.Column("lease_ms", sa.Integer, nullable=False, server_default="15000"))
        jobs.add_column(sa.Column("parent_id", sa.String(36)))
        jobs.add_column(sa.Column("blockers", sa.Integer, nullable=False, server_default="0"))
    _replace_claim_index(_CLAIMABLE)
    op.create_index("ix_jobs_parent", "jobs", ["parent_id"])
    op.create_index(
        "ix_jobs_running", "jobs", ["pool", "owner_id"], sqlite_where=_RUNS, postgresql_where=_RUNS
    )
    _create_dependencies()
    _create_outbox()
    _create_workers()


def downgrade() -> None:
    for table in ("workers", "worker_tokens", "outbox", "job_dependencies"):
        op.drop_table(table)
    op.drop_index("ix_jobs_running", "jobs")
    op.drop_index("ix_jobs_parent", "jobs")
    _replace_claim_index(_WAITS)
    with op.batch_alter_table("jobs") as jobs:
        for column in ("holder", "lease_ms", "parent_id", "blockers"):
            jobs.drop_column(column)


def _replace_claim_index(where: sa.TextClause) -> None:
    op.drop_index("ix_jobs_claim", "jobs")
    op.create_index(
        "ix_jobs_claim", "jobs", ["pool", "rank"], sqlite_where=where, postgresql_where=where
    )


def _create_dependencies() -> None:
    op.create_table(
        "job_dependencies",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("needs_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "needs_id", name=op.f("pk_job_dependencies")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["jobs.id"],
                op.f(f"fk_job_dependencies_{column}_jobs"),
                ondelete="CASCADE",
            )
            for column in ("job_id", "needs_id")
        ),
    )
    op.create_index("ix_job_dependencies_needs", "job_dependencies", ["needs_id"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("origin", sa.String(36), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("event", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_at", "outbox", ["at"])


def _create_workers() -> None:
    op.create_table(
        "worker_tokens",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("pools", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_worker_tokens_token_hash")),
    )
    op.create_index(
        "uq_worker_tokens_name",
        "worker_tokens",
        ["name"],
        unique=True,
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("holder", sa.String(36), nullable=False),
        sa.Column("pools", sa.JSON, nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", "holder", name=op.f("pk_workers")),
    )
    op.create_index("ix_workers_seen", "workers", ["seen_at"])
