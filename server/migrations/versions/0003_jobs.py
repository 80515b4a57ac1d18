"""Jobs: the queue of work and its leases."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("pool", sa.String(40), nullable=False),
        sa.Column("owner_id", sa.String(36)),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("run_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("worker_id", sa.String(100)),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("progress", sa.Float),
        sa.Column("step", sa.String(100)),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("error_code", sa.String(60)),
        sa.Column("error", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], op.f("fk_jobs_owner_id_users"), ondelete="SET NULL"
        ),
    )
    _index("ix_jobs_claim", ["pool", "priority", "run_at"], sa.text("state = 'pending'"))
    _index("ix_jobs_lease", ["lease_until"], sa.text("state = 'processing'"))


def downgrade() -> None:
    op.drop_table("jobs")


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "jobs", columns, sqlite_where=where, postgresql_where=where)
