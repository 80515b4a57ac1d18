"""The renditions of tracks as rows: what was planned, what exists, what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    delete,
    false,
    insert,
    select,
    true,
    update,
)

from server.database import METADATA
from server.tracks.model import Rendition
from transcoder.reports import RenditionFinished, RenditionStarted, SegmentMade

RENDITIONS = Table(
    "renditions",
    METADATA,
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("rung", String(20), primary_key=True),
    Column("codec", String(40), nullable=False),
    Column("sample_rate", Integer, nullable=False),
    Column("channels", Integer, nullable=False),
    Column("bits", Integer, nullable=False),
    Column("bit_rate", Integer, nullable=False),
    Column("frame_samples", Integer, nullable=False),
    Column("priming", Integer, nullable=False),
    Column("segment_samples", Integer, nullable=False),
    Column("samples", BigInteger),
    Column("segments", Integer),
    Column("made", Integer, nullable=False),
    Column("ticks", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("peak_bandwidth", Integer),
    Column("average_bandwidth", Integer),
    Column("integrated_lufs", Float),
    Column("true_peak_dbtp", Float),
)
_SHOWN = tuple(column for column in RENDITIONS.c if column.name != "track_id")


def find(connection: Connection, track_id: str, revision: int, rung: str) -> Rendition | None:
    row = connection.execute(select(*_SHOWN).where(_is(track_id, revision, rung))).first()
    return _rendition(row) if row else None


def of_track(connection: Connection, track_id: str) -> list[Rendition]:
    """Return the renditions of a track, of every revision."""
    rows = connection.execute(select(*_SHOWN).where(RENDITIONS.c.track_id == track_id))
    return [_rendition(row) for row in rows]


def of_tracks(connection: Connection, track_ids: Sequence[str]) -> dict[str, list[Rendition]]:
    """Return the renditions of several tracks, every revision of them."""
    found: defaultdict[str, list[Rendition]] = defaultdict(list)
    chosen = select(RENDITIONS.c.track_id, *_SHOWN).where(RENDITIONS.c.track_id.in_(track_ids))
    for row in connection.execute(chosen):
        found[row.track_id].append(_rendition(row))
    return found


def started(connection: Connection, track_id: str, fact: RenditionStarted) -> None:
    """Add a rendition; a second attempt finds the first one's row, and keeps its counts."""
    values = {
        "codec": fact.codec,
        "sample_rate": fact.sample_rate,
        "channels": fact.channels,
        "bits": fact.bits,
        "bit_rate": fact.bit_rate,
        "frame_samples": fact.frame_samples,
        "priming": fact.priming,
        "segment_samples": fact.segment_samples,
    }
    known = {
        name: value
        for name, value in (("samples", fact.samples), ("segments", fact.segments))
        if value is not None
    }
    again = update(RENDITIONS).where(_is(track_id, fact.revision, fact.rung))
    if connection.execute(again.values(**values, **known)).rowcount:
        return
    connection.execute(
        insert(RENDITIONS).values(
            track_id=track_id,
            revision=fact.revision,
            rung=fact.rung,
            made=0,
            ticks=0,
            bytes=0,
            finished=false(),
            **values,
            **known,
        )
    )


def segment_made(connection: Connection, track_id: str, fact: SegmentMade) -> None:
    """Count a segment; one that an earlier attempt made is counted already."""
    connection.execute(
        update(RENDITIONS)
        .where(_is(track_id, fact.revision, fact.rung), RENDITIONS.c.made <= fact.n)
        .values(
            made=fact.n + 1,
            ticks=RENDITIONS.c.ticks + fact.ticks,
            bytes=RENDITIONS.c.bytes + fact.bytes,
        )
    )


def finished(connection: Connection, track_id: str, fact: RenditionFinished) -> None:
    """Keep what is only known at the end."""
    connection.execute(
        update(RENDITIONS)
        .where(_is(track_id, fact.revision, fact.rung))
        .values(
            finished=true(),
            segments=fact.segments,
            made=fact.segments,
            samples=fact.samples,
            bytes=fact.bytes,
            peak_bandwidth=fact.peak_bandwidth,
            average_bandwidth=fact.average_bandwidth,
            integrated_lufs=fact.integrated_lufs,
            true_peak_dbtp=fact.true_peak_dbtp,
        )
    )


def remove(connection: Connection, track_id: str) -> None:
    """Remove all renditions of a track."""
    connection.execute(delete(RENDITIONS).where(RENDITIONS.c.track_id == track_id))


def remove_one(connection: Connection, track_id: str, revision: int, rung: str) -> None:
    connection.execute(delete(RENDITIONS).where(_is(track_id, revision, rung)))


def _is(track_id: str, revision: int, rung: str) -> ColumnElement[bool]:
    return (
        (RENDITIONS.c.track_id == track_id)
        & (RENDITIONS.c.revision == revision)
        & (RENDITIONS.c.rung == rung)
    )


def _rendition(row: Row[*tuple[Any, ...]]) -> Rendition:
    values = dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
    values.pop("track_id", None)
    return Rendition(**values)
