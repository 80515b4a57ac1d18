"""Redis by publish and subscribe; nothing is stored there.

Its numbered databases share their channels, so the number is part of the channel's name: Houles
that have nothing to do with each other can share a Redis.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.links.wire import CHANNEL, CHECK_SECONDS, PATIENCE, Hear, Line

SILENCE_SECONDS = 2 * CHECK_SECONDS + PATIENCE  # checks are answered within


class RedisWire:
    """By a Redis server."""

    name = "redis"
    limit = 256 * 1024
    faults: tuple[type[Exception], ...] = (OSError, RedisError)

    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def connected(self, hear: Hear) -> AsyncIterator[Line]:
        client = Redis.from_url(
            self._url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),  # the link is what tries again
            socket_connect_timeout=PATIENCE,
            socket_timeout=None,  # its wait_for swallows cancellations; the link has its own
        )
        channel = f"{CHANNEL}:{client.connection_pool.connection_kwargs.get('db', 0)}"
        pubsub = client.pubsub()
        try:
            async with asyncio.timeout(PATIENCE):
                await pubsub.subscribe(channel)
            yield _Line(client, pubsub, channel, hear)
        finally:
            with suppress(*self.faults):
                await pubsub.aclose()  # type: ignore[no-untyped-call]
            with suppress(*self.faults):
                await client.aclose()


class _Line:
    def __init__(self, client: Redis, pubsub: PubSub, channel: str, hear: Hear) -> None:
        self._client = client
        self._pubsub = pubsub
        self._channel = channel
        self._hear = hear

    async def listen(self) -> None:
        while True:
            told = await self._pubsub.get_message(timeout=SILENCE_SECONDS)
            if told is None:
                raise TimeoutError("Redis has not answered for too long")
            if told["type"] == "message":
                self._hear(told["data"])

    async def say(self, message: bytes) -> None:
        await self._client.publish(self._channel, message)

    async def check(self) -> None:
        await self._pubsub.ping()
