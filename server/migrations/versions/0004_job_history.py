"""Jobs: rank, result, idempotency key; what happened to them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("rank", sa.BigInteger, nullable=False, server_default="0"))
        jobs.add_column(sa.Column("result", sa.JSON))
        jobs.add_column(sa.Column("idempotency_key", sa.String(100)))
    op.execute("UPDATE jobs SET rank = created_at - priority * 60000")
    # Until now a cancelled job was one that failed with this code.
    op.execute("UPDATE jobs SET state = 'cancelled' WHERE error_code = 'cancelled'")
    op.drop_index("ix_jobs_claim", "jobs")
    op.create_index(
        "ix_jobs_claim", "jobs", ["pool", "rank"], sqlite_where=_PENDING, postgresql_where=_PENDING
    )
    op.create_index("ix_jobs_newest", "jobs", ["created_at", "id"])
    op.create_index("ix_jobs_owner_newest", "jobs", ["owner_id", "created_at", "id"])
    op.create_index("ix_jobs_finished", "jobs", ["finished_at"])
    key = ["owner_id", "kind", "idempotency_key"]
    op.create_index("uq_jobs_idempotency", "jobs", key, unique=True)
    op.create_table(
        "job_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("attempt", sa.Integer),
        sa.Column("worker_id", sa.String(100)),
        sa.Column("detail", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_events")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], op.f("fk_job_events_job_id_jobs"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_job_events_job", "job_events", ["job_id", "id"])


def downgrade() -> None:
    op.drop_table("job_events")
    for index in ("newest", "owner_newest", "finished", "claim"):
        op.drop_index(f"ix_jobs_{index}", "jobs")
    op.drop_index("uq_jobs_idempotency", "jobs")
    with op.batch_alter_table("jobs") as jobs:
        for column in ("rank", "result", "idempotency_key"):
            jobs.drop_column(column)
    op.create_index(
        "ix_jobs_claim",
        "jobs",
        ["pool", "priority", "run_at"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
