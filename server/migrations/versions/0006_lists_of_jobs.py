"""Indexes for lists of the jobs in one state, or of some kinds."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


_NEWEST = ["created_at", "id"]
_KINDS = {
    "ix_jobs_kind_newest": ["kind", *_NEWEST],
    "ix_jobs_owner_kind_newest": ["owner_id", "kind", *_NEWEST],
}
_STATES = {
    "ix_jobs_state_newest": ["state", *_NEWEST],
    "ix_jobs_owner_state_newest": ["owner_id", "state", *_NEWEST],
}
_UNSUCCESSFUL = sa.text("state != 'succeeded'")


def upgrade() -> None:
    for name, columns in _KINDS.items():
        op.create_index(name, "jobs", columns)
    for name, columns in _STATES.items():
        op.create_index(
            name,
            "jobs",
            columns,
            sqlite_where=_UNSUCCESSFUL,
            postgresql_where=_UNSUCCESSFUL,
        )


def downgrade() -> None:
    for name in (*_STATES, *_KINDS):
        op.drop_index(name, "jobs")
