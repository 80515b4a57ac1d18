"""The tracks as rows: found, listed, added, changed, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from server.accounts import USERS
from server.database import METADATA, now_ms
from server.tracks.model import NewTrack, Stage, Track, TrackState, Visibility
from storage import keys

TRACKS = Table(
    "tracks",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("owner_id", ForeignKey("users.id"), nullable=False),
    Column("visibility", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("playable", Boolean, nullable=False),
    Column("preview", Boolean, nullable=False),
    Column("title", String(300)),
    Column("artist", String(300)),
    Column("album", String(300)),
    Column("file_name", String(255), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("duplicate_of", ForeignKey("tracks.id", ondelete="SET NULL")),
    Column("container", String(40)),
    Column("codec", String(40)),
    Column("sample_rate", Integer),
    Column("channels", Integer),
    Column("bits", Integer),
    Column("bit_rate", Integer),
    Column("lossless", Boolean),
    Column("duration_ms", BigInteger),
    Column("samples", BigInteger),
    Column("tags", JSON, nullable=False),
    Column("cover_type", String(40)),
    Column("cover_file", String(40)),  # both are attempts' own: one of them counts
    Column("waveform_file", String(40)),
    Column("loudness", JSON(none_as_null=True)),
    Column("rungs", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("error_code", String(60)),
    Column("error", Text),
    Column("job_id", String(36)),
    Column("version", Integer, nullable=False),  # counts what a client may notice
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_tracks_newest", "created_at", "id"),
    Index("ix_tracks_owner_newest", "owner_id", "created_at", "id"),
    Index("ix_tracks_owner_sha256", "owner_id", "sha256"),
    Index("ix_tracks_duplicate_of", "duplicate_of"),
)

_JOINED = TRACKS.join(USERS, TRACKS.c.owner_id == USERS.c.id)
_SHOWN = (*TRACKS.c, USERS.c.username.label("owner_name"))


def find(connection: Connection, track_id: str) -> Track | None:
    """Return the track with this id, whoever may see it."""
    row = connection.execute(_by_id(track_id)).first()
    return _track(row) if row else None


def hold(connection: Connection, track_id: str) -> Track | None:
    """Return the track, which nobody else changes until the end of the transaction."""
    row = connection.execute(_by_id(track_id).with_for_update(of=TRACKS)).first()
    return _track(row) if row else None


def listed(
    connection: Connection,
    *,
    viewer_id: str | None,
    owner_id: str | None,
    before: tuple[int, str] | None,
    limit: int,
) -> list[Track]:
    """Return the viewer's own tracks and the public ones that play, newest first."""
    query = select(*_SHOWN).select_from(_JOINED).where(_in_lists(viewer_id))
    if owner_id is not None:
        query = query.where(TRACKS.c.owner_id == owner_id)
    if before is not None:
        query = query.where(tuple_(TRACKS.c.created_at, TRACKS.c.id) < before)
    query = query.order_by(TRACKS.c.created_at.desc(), TRACKS.c.id.desc()).limit(limit)
    return [_track(row) for row in connection.execute(query)]


def insert_track(connection: Connection, new: NewTrack) -> Track:
    """Add a track whose file is stored and whose job waits."""
    connection.execute(
        insert(TRACKS).values(
            id=new.id,
            owner_id=new.owner_id,
            visibility=new.visibility.value,
            state=TrackState.PROCESSING.value,
            stage=Stage.RECEIVED.value,
            revision=0,
            playable=false(),
            preview=false(),
            title=new.title,
            artist=new.artist,
            album=new.album,
            file_name=new.file_name,
            size_bytes=new.size_bytes,
            sha256=new.sha256,
            duplicate_of=find_duplicate(connection, new.owner_id, new.sha256),
            tags={},
            cover_type=new.cover_type,
            cover_file=keys.COVER if new.cover_type else None,
            rungs=[],
            notes=[],
            job_id=new.job_id,
            version=1,
            created_at=now_ms(),
            updated_at=now_ms(),
        )
    )
    return one(connection, new.id)


def find_duplicate(connection: Connection, owner_id: str, sha256: str) -> str | None:
    """Return the owner's first track of the same bytes that did not fail."""
    same = (
        (TRACKS.c.owner_id == owner_id)
        & (TRACKS.c.sha256 == sha256)
        & (TRACKS.c.state != TrackState.FAILED.value)
    )
    oldest = select(TRACKS.c.id).where(same).order_by(TRACKS.c.created_at, TRACKS.c.id).limit(1)
    return connection.execute(oldest).scalar()


def stored_bytes(connection: Connection, owner_id: str) -> int:
    """Return what the owner's originals take."""
    total = select(func.coalesce(func.sum(TRACKS.c.size_bytes), 0))
    return int(connection.execute(total.where(TRACKS.c.owner_id == owner_id)).scalar_one())


def change(connection: Connection, track_id: str, **values: Any) -> None:  # noqa: ANN401 -- columns
    """Set columns; what a client may notice counts as a new version."""
    connection.execute(
        update(TRACKS)
        .where(TRACKS.c.id == track_id)
        .values(version=TRACKS.c.version + 1, updated_at=now_ms(), **values)
    )


def remove(connection: Connection, track_id: str) -> None:
    """Remove the row and, with it, its renditions."""
    connection.execute(delete(TRACKS).where(TRACKS.c.id == track_id))


def one(connection: Connection, track_id: str) -> Track:
    """Return a track that is there."""
    return _track(connection.execute(_by_id(track_id)).one())


def states(connection: Connection, track_ids: Sequence[str]) -> dict[str, Track]:
    """Return those of the tracks that are there, by id."""
    rows = connection.execute(
        select(*_SHOWN).select_from(_JOINED).where(TRACKS.c.id.in_(track_ids))
    )
    return {row.id: _track(row) for row in rows}


def _by_id(track_id: str) -> Select[*tuple[Any, ...]]:
    return select(*_SHOWN).select_from(_JOINED).where(TRACKS.c.id == track_id)


def _in_lists(viewer_id: str | None) -> ColumnElement[bool]:
    public = (TRACKS.c.visibility == Visibility.PUBLIC.value) & (TRACKS.c.revision > 0)
    return public if viewer_id is None else or_(TRACKS.c.owner_id == viewer_id, public)


def _track(row: Row[*tuple[Any, ...]]) -> Track:
    values = dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
    values["visibility"] = Visibility(row.visibility)
    values["state"] = TrackState(row.state)
    values["stage"] = Stage(row.stage)
    return Track(**values)
