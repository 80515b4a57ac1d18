"""Folders of the store that no track owns: uploads on their way, and what deleted tracks left.

The row is there before the first byte and goes with the commit that makes the track, so whatever
dies in between, the folder is found and removed when it is due. A running upload moves its due
time on; its row also counts against the owner's quota and number of uploads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from server.beside import beside
from server.database import DATABASE, METADATA, now_ms
from server.media import STORAGE
from storage import keys

INTERVAL = 10.0  # seconds between two looks
UPLOAD_SECONDS = 120  # an upload that did not move its due time on for this long is dead
SETTLE_SECONDS = 60  # by then a worker knows that its lease on a deleted track is over

UNCLAIMED = Table(
    "unclaimed",
    METADATA,
    Column("prefix", String(200), primary_key=True),
    Column("owner_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),  # of an upload
    Column("bytes", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False, index=True),
)

log = structlog.get_logger()


def reserve(connection: Connection, track_id: str, owner_id: str, size: int) -> None:
    """Announce an upload of `size` bytes, as far as that is known."""
    connection.execute(
        insert(UNCLAIMED).values(
            prefix=keys.track(track_id),
            owner_id=owner_id,
            bytes=size,
            due_at=now_ms() + UPLOAD_SECONDS * 1000,
        )
    )


def keep(connection: Connection, track_id: str) -> None:
    """Say that an upload is alive."""
    connection.execute(
        update(UNCLAIMED).where(_upload(track_id)).values(due_at=now_ms() + UPLOAD_SECONDS * 1000)
    )


def claim(connection: Connection, track_id: str) -> bool:
    """Make the folder a track's; False when it was taken for dead, and perhaps removed."""
    return connection.execute(delete(UNCLAIMED).where(_upload(track_id))).rowcount == 1


def running(connection: Connection, owner_id: str) -> tuple[int, int]:
    """Return how many uploads an owner has running, and the bytes they were announced with."""
    alive = (UNCLAIMED.c.owner_id == owner_id) & (UNCLAIMED.c.due_at > now_ms())
    row = connection.execute(
        select(func.count(), func.coalesce(func.sum(UNCLAIMED.c.bytes), 0)).where(alive)
    ).one()
    return int(row[0]), int(row[1])


def give_up(connection: Connection, prefix: str, *, after: int = SETTLE_SECONDS) -> None:
    """Have a folder removed in a while, when nobody writes into it any more."""
    connection.execute(delete(UNCLAIMED).where(UNCLAIMED.c.prefix == prefix))
    connection.execute(
        insert(UNCLAIMED).values(prefix=prefix, bytes=0, due_at=now_ms() + after * 1000)
    )


def condemned(connection: Connection, limit: int = 100) -> list[str]:
    """Take what is due from uploads that may still come back, and return it."""
    late = select(UNCLAIMED.c.prefix).where(UNCLAIMED.c.due_at <= now_ms()).limit(limit)
    prefixes = list(connection.execute(late).scalars())
    taken = update(UNCLAIMED).where(UNCLAIMED.c.prefix.in_(prefixes)).values(owner_id=None)
    connection.execute(taken)
    return prefixes


def has_due(connection: Connection) -> bool:
    late = select(UNCLAIMED.c.prefix).where(UNCLAIMED.c.due_at <= now_ms()).limit(1)
    return connection.execute(late).first() is not None


def forget(connection: Connection, prefix: str) -> None:
    """Drop the row of a folder that is gone."""
    connection.execute(delete(UNCLAIMED).where(UNCLAIMED.c.prefix == prefix))


def _upload(track_id: str) -> ColumnElement[bool]:
    """An upload's row, unless it was condemned."""
    return (UNCLAIMED.c.prefix == keys.track(track_id)) & UNCLAIMED.c.owner_id.is_not(None)


async def sweep(app: web.Application) -> int:
    """Remove what is due; return how many folders."""
    if not await app[DATABASE].point(has_due):
        return 0
    prefixes = await app[DATABASE].write(condemned)
    for prefix in prefixes:
        await app[STORAGE].delete_prefix(prefix)
        await app[DATABASE].write(forget, prefix)
        log.info("folder removed", prefix=prefix)
    return len(prefixes)


async def swept(app: web.Application) -> AsyncIterator[None]:
    """Sweep beside the requests."""
    async with beside(_keep_sweeping(app), "unclaimed-sweeper"):
        yield


async def _keep_sweeping(app: web.Application) -> None:
    while True:
        try:
            await sweep(app)
        except Exception:
            log.exception("sweeping failed")
        await asyncio.sleep(INTERVAL)
