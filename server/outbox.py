"""What other processes are to be told: events, written in the transaction that made them true.

Whoever commits tells its own watchers at once. The others read the rows: nothing that was committed
stays untold, even when the process that did it died a moment later.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import JSON, BigInteger, Column, Connection, Index, Integer, String, Table, insert

from server.database import METADATA, now_ms
from server.events import Announcement

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


def record(connection: Connection, origin: str, news: Sequence[Announcement]) -> None:
    """Keep for the others what must not be missed."""
    rows = [
        {"origin": origin, "topic": each.topic, "event": each.event}
        for each in news
        if not each.transient
    ]
    if rows:
        connection.execute(insert(OUTBOX).values(at=now_ms()), rows)
