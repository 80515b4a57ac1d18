"""What makes claiming and finishing one look each: an ordered index, and who is needed at all."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_CLAIMABLE = sa.text("state = 'pending' AND blockers = 0")


def upgrade() -> None:
    op.add_column(
        "jobs", sa.Column("needed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute("UPDATE jobs SET needed = true WHERE id IN (SELECT needs_id FROM job_dependencies)")
    _replace_claim_index(["pool", "rank", "id"])


def downgrade() -> None:
    _replace_claim_index(["pool", "rank"])
    op.drop_column("jobs", "needed")


def _replace_claim_index(columns: list[str]) -> None:
    op.drop_index("ix_jobs_claim", "jobs")
    op.create_index(
        "ix_jobs_claim", "jobs", columns, sqlite_where=_CLAIMABLE, postgresql_where=_CLAIMABLE
    )
