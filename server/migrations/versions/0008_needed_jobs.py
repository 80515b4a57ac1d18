"""Whether others need a job: who ends one that nobody needs looks for nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "jobs", sa.Column("needed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute("UPDATE jobs SET needed = true WHERE id IN (SELECT needs_id FROM job_dependencies)")


def downgrade() -> None:
    op.drop_column("jobs", "needed")
