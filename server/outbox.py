"""What other processes are to be told: events, written in the transaction that made them true.

Whoever commits tells its own watchers at once. The others read the rows (server/outbox_tail.py):
nothing that was committed stays untold, even when the process that did it died a moment later.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from server.database import METADATA, now_ms, row_locking
from server.events import Announcement, Event

KEPT_MS = 300_000
PRUNED_AT_ONCE = 1000

OUTBOX = Table(
    "outbox",
    METADATA,
    # SQLite counts up only what it calls INTEGER, which holds as much
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("origin", String(36), nullable=False),  # the process that told its own watchers
    Column("topic", String(100), nullable=False),
    Column("event", JSON, nullable=False),
    Index("ix_outbox_at", "at"),
)

_RECORD = insert(OUTBOX).values(at=now_ms())


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of the outbox."""

    id: int
    origin: str
    topic: str
    event: Event


@dataclass(frozen=True, slots=True)
class Page:
    """What was found, in the order of its ids, and when: by the database's clock."""

    at: int
    rows: Sequence[Recorded]


def record(connection: Connection, origin: str, news: Sequence[Announcement]) -> None:
    """Keep for the others what must not be missed.

    The change that it tells of comes first in the transaction: it locks the row that the topic is
    about, so that among the events of one topic greater ids are committed later.
    """
    rows = [
        {"origin": origin, "topic": each.topic, "event": each.event}
        for each in news
        if not each.transient
    ]
    if rows:
        connection.execute(_RECORD, rows)


def newest(connection: Connection, among: int) -> tuple[int, list[int]]:
    """Return the time and the newest ids, ascending."""
    ids = select(OUTBOX.c.id).order_by(OUTBOX.c.id.desc()).limit(among)
    return _now(connection), sorted(connection.scalars(ids))


def behind(connection: Connection, last: int, missing: Collection[int], limit: int) -> Page:
    """Return what came behind an id, and what was missing before it and is there by now."""
    wanted = OUTBOX.c.id > last
    if missing:
        wanted |= OUTBOX.c.id.in_(missing)
    rows = connection.execute(
        select(OUTBOX.c.id, OUTBOX.c.origin, OUTBOX.c.topic, OUTBOX.c.event)
        .where(wanted)
        .order_by(OUTBOX.c.id)
        .limit(limit)
    )
    found = [Recorded(row.id, row.origin, row.topic, row.event) for row in rows]
    return Page(_now(connection), found)


def has_old(connection: Connection) -> bool:
    """Tell whether there is something to prune."""
    return connection.execute(select(OUTBOX.c.id).where(_old()).limit(1)).first() is not None


@row_locking
def prune(connection: Connection) -> int:
    """Forget what everybody has read long ago, a bounded number at once; return how many."""
    old = (
        select(OUTBOX.c.id)
        .where(_old())
        .order_by(OUTBOX.c.at)
        .limit(PRUNED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(old))).rowcount


def _old() -> ColumnElement[bool]:
    # The newest stays: SQLite gives the ids of an empty table again, from 1.
    last = select(func.max(OUTBOX.c.id)).scalar_subquery()
    return (OUTBOX.c.at < now_ms() - KEPT_MS) & (OUTBOX.c.id < last)


def _now(connection: Connection) -> int:
    return int(connection.execute(select(now_ms())).scalar_one())
