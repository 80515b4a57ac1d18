"""Which waveform and which cover of a track count: each attempt of an ingest makes its own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("cover_file", "waveform_file"):
        op.add_column("tracks", sa.Column(name, sa.String(40)))
    op.execute("UPDATE tracks SET cover_file = 'cover' WHERE cover_type IS NOT NULL")
    op.execute("UPDATE tracks SET waveform_file = 'waveform.dat' WHERE samples IS NOT NULL")


def downgrade() -> None:
    for name in ("waveform_file", "cover_file"):
        op.drop_column("tracks", name)
