"""Requests by a grant, as they come from a worker that has nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import random
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp

from server.jobs import LEASES
from server.settings import SETTINGS
from tests.server.tracks.studio import Json, Studio

MIB = 1024**2
NAME = "r1/aac-128/0.m4s"


@dataclass
class Given:
    """One lease's grant, used without any token."""

    studio: Studio
    job: Json

    @property
    def track_id(self) -> str:
        return str(self.job["payload"]["track_id"])

    def path(self, name: str) -> str:
        return f"/internal/objects/{self.job['grant']}/{name}"

    async def get(self, name: str, **headers: str) -> aiohttp.ClientResponse:
        return await self.studio.client.get(self.path(name), headers=headers)

    async def head(self, name: str = NAME) -> aiohttp.ClientResponse:
        return await self.studio.client.head(self.path(name))

    async def offset(self, name: str = NAME) -> int:
        answer = await self.head(name)
        assert answer.status == 404
        return int(answer.headers["Upload-Offset"])

    async def put(self, content: Any, name: str = NAME, **headers: str) -> aiohttp.ClientResponse:
        data = BytesIO(content) if isinstance(content, bytes) else content
        return await self.studio.client.put(self.path(name), data=data, headers=headers)

    async def go_on(
        self, content: bytes, start: int, total: int, name: str = NAME
    ) -> aiohttp.ClientResponse:
        which = f"bytes {start}-{start + len(content) - 1}/{total}"
        return await self.put(content, name, **{"Content-Range": which})

    def stored(self, name: str = NAME) -> Path:
        root = self.studio.app[SETTINGS].data_dir / "media"
        return root / "tracks" / self.track_id / name

    async def raw(self, head: str, body: bytes = b"") -> int:
        """Write a request by hand, which no client tidies up, and return the answer's status."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.studio.client.port)
        writer.write(f"{head}\r\nHost: x\r\nConnection: close\r\n".encode())
        writer.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status = (await reader.readline()).split()[1]
        writer.close()
        await writer.wait_closed()
        return int(status)


async def lapse(studio: Studio) -> None:
    """Let the lease run out, have it seen, and let the job rest no longer."""
    await studio.sql("UPDATE jobs SET lease_until = lease_until - 15001")
    await studio.app[LEASES].reap()
    await studio.sql("UPDATE jobs SET run_at = 0")


async def claimed(studio: Studio, worker_id: str = "worker-1", pool: str = "cpu") -> Given:
    job = await studio.worker(worker_id).claim(pool)
    assert job is not None
    return Given(studio, job)


def noise(size: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(size)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
