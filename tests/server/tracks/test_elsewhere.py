"""What another process on the same database is told of changes here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from server.events import Bus
from server.outbox_tail import Tail
from server.tracks import topic
from tests.server.tracks.studio import Person, Studio


class Elsewhere:
    """Another process: it hears what is recorded, and nothing else."""

    def __init__(self, studio: Studio) -> None:
        self._bus = Bus()
        self._tail = Tail(studio.database, self._bus)

    @asynccontextmanager
    async def watching(self, topic: str) -> AsyncIterator[list[dict[str, Any]]]:
        """Collect what is told while inside."""
        await self._tail.look()
        told: list[dict[str, Any]] = []
        async with self._bus.subscribe(topic) as events:
            yield told
            await self._tail.look()
            self._bus.close()
            async with asyncio.timeout(5):
                told += [event async for event in events]


async def test_a_track_that_is_changed(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    async with Elsewhere(studio).watching(topic(track["id"])) as told:
        path = f"/api/v1/tracks/{track['id']}"
        assert (await marin.request("PATCH", path, json={"title": "Ebb"})).status == 200

    assert told == [{"type": "changed"}]


async def test_a_track_that_is_deleted(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    async with Elsewhere(studio).watching(topic(track["id"])) as told:
        assert (await marin.request("DELETE", f"/api/v1/tracks/{track['id']}")).status == 204

    assert told == [{"type": "gone"}]


async def test_a_change_that_is_refused_is_not_told(
    studio: Studio, marin: Person, ines: Person
) -> None:
    track = await marin.upload()
    async with Elsewhere(studio).watching(topic(track["id"])) as told:
        path = f"/api/v1/tracks/{track['id']}"
        assert (await ines.request("PATCH", path, json={"title": "Mine"})).status == 403

    assert told == []


async def test_a_job_that_is_claimed(studio: Studio, marin: Person) -> None:
    await marin.upload()
    (job,) = await studio.sql("SELECT id FROM jobs")
    async with Elsewhere(studio).watching(f"job:{job.id}") as told:
        assert await studio.worker().claim() is not None

    assert told == [{"type": "changed", "status": "processing"}]
