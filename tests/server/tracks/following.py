"""A track's events as a page hears them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.server.tracks.studio import Person


class Events:
    """What EventSource would hand to a page."""

    def __init__(self, response: Any) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        name = ""
        async for raw in self._response.content:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))

    async def next(self, wanted: str) -> dict[str, Any]:
        async for name, event in self:
            if name == wanted:
                return event
        raise AssertionError(f"the stream ended without {wanted}")


@asynccontextmanager
async def following(person: Person, track_id: str) -> AsyncIterator[Events]:
    async with asyncio.timeout(10):
        response = await person.get(f"/api/v1/tracks/{track_id}/events")
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        yield Events(response)
        response.close()
