"""Tracks: tracks, renditions, and the folders of the store that no track owns."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tracks()
    _renditions()
    _unclaimed()


def downgrade() -> None:
    for table in ("unclaimed", "renditions", "tracks"):
        op.drop_table(table)


def _tracks() -> None:
    op.create_table(
        "tracks",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("playable", sa.Boolean, nullable=False),
        sa.Column("preview", sa.Boolean, nullable=False),
        sa.Column("title", sa.String(300)),
        sa.Column("artist", sa.String(300)),
        sa.Column("album", sa.String(300)),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("duplicate_of", sa.String(36)),
        *_of_the_file(),
        sa.Column("error_code", sa.String(60)),
        sa.Column("error", sa.Text),
        sa.Column("job_id", sa.String(36)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracks")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], op.f("fk_tracks_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["duplicate_of"],
            ["tracks.id"],
            op.f("fk_tracks_duplicate_of_tracks"),
            ondelete="SET NULL",
        ),
    )
    op.create_index("ix_tracks_newest", "tracks", ["created_at", "id"])
    op.create_index("ix_tracks_owner_newest", "tracks", ["owner_id", "created_at", "id"])
    op.create_index("ix_tracks_owner_sha256", "tracks", ["owner_id", "sha256"])
    op.create_index("ix_tracks_duplicate_of", "tracks", ["duplicate_of"])


def _of_the_file() -> list[sa.Column[object]]:
    """What the work on the file finds out."""
    return [
        sa.Column("container", sa.String(40)),
        sa.Column("codec", sa.String(40)),
        sa.Column("sample_rate", sa.Integer),
        sa.Column("channels", sa.Integer),
        sa.Column("bits", sa.Integer),
        sa.Column("bit_rate", sa.Integer),
        sa.Column("lossless", sa.Boolean),
        sa.Column("duration_ms", sa.BigInteger),
        sa.Column("samples", sa.BigInteger),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("cover_type", sa.String(40)),
        sa.Column("loudness", sa.JSON),
        sa.Column("rungs", sa.JSON, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
    ]


def _renditions() -> None:
    op.create_table(
        "renditions",
        sa.Column("track_id", sa.String(36), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("rung", sa.String(20), nullable=False),
        sa.Column("codec", sa.String(40), nullable=False),
        sa.Column("sample_rate", sa.Integer, nullable=False),
        sa.Column("channels", sa.Integer, nullable=False),
        sa.Column("bits", sa.Integer, nullable=False),
        sa.Column("bit_rate", sa.Integer, nullable=False),
        sa.Column("frame_samples", sa.Integer, nullable=False),
        sa.Column("priming", sa.Integer, nullable=False),
        sa.Column("segment_samples", sa.Integer, nullable=False),
        sa.Column("samples", sa.BigInteger),
        sa.Column("segments", sa.Integer),
        sa.Column("made", sa.Integer, nullable=False),
        sa.Column("ticks", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.Column("peak_bandwidth", sa.Integer),
        sa.Column("average_bandwidth", sa.Integer),
        sa.Column("integrated_lufs", sa.Float),
        sa.Column("true_peak_dbtp", sa.Float),
        sa.PrimaryKeyConstraint("track_id", "revision", "rung", name=op.f("pk_renditions")),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], op.f("fk_renditions_track_id_tracks"), ondelete="CASCADE"
        ),
    )


def _unclaimed() -> None:
    op.create_table(
        "unclaimed",
        sa.Column("prefix", sa.String(200), nullable=False),
        sa.Column("owner_id", sa.String(36)),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_unclaimed")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], op.f("fk_unclaimed_owner_id_users"), ondelete="SET NULL"
        ),
    )
    op.create_index(op.f("ix_unclaimed_owner_id"), "unclaimed", ["owner_id"])
    op.create_index(op.f("ix_unclaimed_due_at"), "unclaimed", ["due_at"])
