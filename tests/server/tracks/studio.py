"""A server with people who upload, and a worker that tells of work without doing any.

The worker speaks the internal HTTP API and puts small made-up bytes where segments belong: what the
server makes of reports is under test here, not the sound.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, TypeAlias

import aiohttp
import numpy as np
from aiohttp import web
from aiohttp.test_utils import TestClient
from sqlalchemy import text

from hls.timeline import Grid
from jobs.messages import PROTOCOL
from server.accounts import create_token, create_user
from server.database import Database
from server.http.principal import Role
from server.http.worker import embedded_worker_token
from server.media import STORAGE
from server.settings import SETTINGS
from server.tracks.unclaimed import sweep
from storage import Storage, keys
from transcoder.reports import (
    Analysed,
    Loudness,
    Probed,
    RenditionFinished,
    RenditionStarted,
    Report,
    SegmentMade,
    to_json,
)
from waveform.audiowaveform import to_dat
from waveform.peaks import Peaks

Client: TypeAlias = TestClient[web.Request, web.Application]
Json: TypeAlias = dict[str, Any]

RATE = 44_100
SECONDS = 15
SAMPLES = RATE * SECONDS
GRID = Grid.aac(RATE, SAMPLES)
NOMINAL = {"aac-64": 64_000, "aac-128": 128_000, "aac-192": 192_000, "flac": 1_411_200}


def wav(size: int = 2000, fill: int = 0) -> bytes:
    """A WAV file of `size` bytes of 16-bit stereo."""
    form = struct.pack("<HHIIHH", 1, 2, RATE, RATE * 4, 4, 16)
    data = bytes([fill]) * size
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


async def body_of(content: bytes) -> AsyncIterator[bytes]:
    yield content


@dataclass
class Person:
    """Somebody with an access token."""

    client: Client
    user_id: str
    name: str
    headers: dict[str, str]

    async def request(self, method: str, path: str, **given: Any) -> aiohttp.ClientResponse:
        headers = self.headers | dict(given.pop("headers", {}))
        return await self.client.request(method, path, headers=headers, **given)

    async def get(self, path: str, **given: Any) -> aiohttp.ClientResponse:
        return await self.request("GET", path, **given)

    async def upload(
        self, content: bytes | None = None, *, name: str = "song.wav", **fields: str
    ) -> Json:
        response = await self.send(wav() if content is None else content, name=name, **fields)
        answer = await response.json()
        assert response.status == 202, answer
        return dict(answer)

    async def send(
        self, content: bytes, *, name: str = "song.wav", **fields: str
    ) -> aiohttp.ClientResponse:
        form = aiohttp.FormData(fields)
        form.add_field("file", BytesIO(content), filename=name)
        return await self.request("POST", "/api/v1/tracks", data=form)

    async def track(self, track_id: str) -> Json:
        response = await self.get(f"/api/v1/tracks/{track_id}")
        answer = await response.json()
        assert response.status == 200, answer
        return dict(answer)


@dataclass
class Worker:
    """Claims jobs and reports on them, over HTTP."""

    client: Client
    headers: dict[str, str]
    storage: Storage
    worker_id: str = "worker-1"
    job: Json = field(default_factory=dict)

    async def say(self, path: str, **body: Any) -> aiohttp.ClientResponse:
        return await self.client.post(f"/internal/{path}", json=body, headers=self.headers)

    async def claim(self, pool: str = "cpu", wait: float = 0) -> Json | None:
        response = await self.say(
            "jobs/claim",
            pools=[pool],
            worker_id=self.worker_id,
            wait_seconds=wait,
            protocol=PROTOCOL,
        )
        if response.status == 204:
            return None
        assert response.status == 200, await response.text()
        self.job = dict(await response.json())
        return self.job

    async def tell(self, verb: str, **body: Any) -> aiohttp.ClientResponse:
        return await self.say(f"jobs/{self.job['id']}/{verb}", token=self.job["token"], **body)

    async def report(self, *reports: Report) -> None:
        response = await self.tell("report", facts=[to_json(report) for report in reports])
        assert response.status == 204, await response.text()

    async def finish(self) -> None:
        response = await self.tell("finish", result={})
        assert response.status == 204, await response.text()

    @property
    def track_id(self) -> str:
        return str(self.job["payload"]["track_id"])

    async def put(self, key: str, content: bytes) -> None:
        await self.storage.put(key, body_of(content))

    async def keep(self, made: str, content: bytes) -> None:
        """Put a single file of this lease."""
        await self.put(keys.named(self.track_id, keys.published(made, self.job["token"])), content)

    async def begin(self, rung: str, revision: int = 1, *, known: bool = True) -> None:
        """Put an init segment, and tell of the rendition."""
        await self.put(keys.init(self.track_id, revision, rung), init_bytes(rung))
        await self.report(started(rung, revision, known=known))

    async def make(self, rung: str, n: int, revision: int = 1) -> None:
        """Put a segment, and tell of it."""
        content = segment_bytes(rung, n)
        await self.put(keys.segment(self.track_id, revision, rung, n), content)
        await self.report(made(rung, n, revision))

    async def analyse(self, *rungs: str) -> None:
        await self._put_peaks()
        await self.report(analysed(*rungs))

    async def complete(self, rung: str, revision: int = 1) -> None:
        await self.report(*await self._put_rendition(rung, revision))

    async def ingest(self, *rungs: str) -> str:
        """Do the whole job at once."""
        assert await self.claim() is not None
        await self._put_peaks()
        facts: list[Report] = [probed(), analysed(*rungs)]
        for rung in rungs:
            facts += await self._put_rendition(rung, 1)
        await self.report(*facts)
        await self.finish()
        return self.track_id

    async def _put_peaks(self) -> None:
        pixels = (np.arange(-(-SAMPLES // 256) * 4) % 100 - 50).astype(np.int8)
        peaks = Peaks(RATE, 256, pixels.reshape(-1, 2, 2))
        await self.keep(keys.WAVEFORM, to_dat(peaks))

    async def _put_rendition(self, rung: str, revision: int) -> list[Report]:
        await self.put(keys.init(self.track_id, revision, rung), init_bytes(rung))
        facts: list[Report] = [started(rung, revision)]
        for n in range(GRID.count):
            key = keys.segment(self.track_id, revision, rung, n)
            await self.put(key, segment_bytes(rung, n))
            facts.append(made(rung, n, revision))
        return [*facts, finished(rung, revision)]


def init_bytes(rung: str) -> bytes:
    return f"init {rung} ".encode() * 9


def segment_bytes(rung: str, n: int) -> bytes:
    return f"{rung} {n} ".encode() * (400 + n)


def probed(**changes: Any) -> Probed:
    facts: Json = {
        "container": "wav",
        "codec": "pcm_s16le",
        "sample_rate": RATE,
        "channels": 2,
        "bits": 16,
        "bit_rate": 1_411_200,
        "duration_ms": 15_020,
        "lossless": True,
        "tags": {"title": "Marée haute", "artist": "The Tides"},
    }
    return Probed(**(facts | changes))


def analysed(*rungs: str) -> Analysed:
    loudness = Loudness(
        integrated_lufs=-9.8,
        range_lu=5.0,
        true_peak_dbtp=0.3,
        momentary_max_lufs=-7.0,
        short_term_max_lufs=-8.5,
        gain_db=-4.2,
        limited_by_peak=False,
    )
    return Analysed(
        samples=SAMPLES,
        sample_rate=RATE,
        duration_ms=15_000,
        loudness=loudness,
        waveform="waveform.dat",
        rungs=list(rungs or ("aac-128",)),
        notes=[],
    )


def grid_of(rung: str) -> Grid:
    return Grid.flac(RATE, SAMPLES) if rung == "flac" else GRID


def started(rung: str, revision: int = 1, *, known: bool = True) -> RenditionStarted:
    grid = grid_of(rung)
    return RenditionStarted(
        rung=rung,
        revision=revision,
        codec="fLaC" if rung == "flac" else "mp4a.40.2",
        sample_rate=RATE,
        channels=2,
        bits=16,
        bit_rate=NOMINAL[rung],
        frame_samples=grid.frame_samples,
        priming=grid.priming,
        segment_samples=grid.segment_samples,
        samples=SAMPLES if known else None,
        segments=grid.count if known else None,
        init=f"r{revision}/{rung}/init.mp4",
    )


def made(rung: str, n: int, revision: int = 1) -> SegmentMade:
    grid = grid_of(rung)
    return SegmentMade(
        rung=rung,
        revision=revision,
        n=n,
        file=f"r{revision}/{rung}/{n}.m4s",
        bytes=len(segment_bytes(rung, n)),
        ticks=grid.media_ticks(n),
    )


def finished(rung: str, revision: int = 1) -> RenditionFinished:
    grid = grid_of(rung)
    return RenditionFinished(
        rung=rung,
        revision=revision,
        segments=grid.count,
        samples=SAMPLES,
        bytes=sum(len(segment_bytes(rung, n)) for n in range(grid.count)),
        peak_bandwidth=NOMINAL[rung] + 4_000,
        average_bandwidth=NOMINAL[rung] + 1_000,
        integrated_lufs=-14.0,
        true_peak_dbtp=-1.1,
    )


async def make_user(database: Database, name: str, role: Role = Role.USER) -> tuple[str, str]:
    user = await create_user(database, name, password=None, role=role)
    return user.id, await database.write(create_token, user.id, "test")


@dataclass
class Studio:
    """The server and everybody around it."""

    client: Client
    database: Database
    known: dict[str, tuple[str, str]]  # user id and access token by name

    @property
    def app(self) -> web.Application:
        return self.client.app

    @property
    def storage(self) -> Storage:
        return self.app[STORAGE]

    async def person(self, name: str = "Marin", role: Role = Role.USER) -> Person:
        if name not in self.known:
            self.known[name] = await make_user(self.database, name, role)
        user_id, token = self.known[name]
        return Person(self.client, user_id, name, {"Authorization": f"Bearer {token}"})

    def worker(self, worker_id: str = "worker-1") -> Worker:
        token = embedded_worker_token(self.app[SETTINGS].secret_key)
        headers = {"Authorization": f"Bearer {token}"}
        return Worker(self.client, headers, self.storage, worker_id)

    async def sql(self, statement: str, **values: Any) -> list[Any]:
        def run(connection: Any) -> list[Any]:
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []

        return await self.database.write(run)

    async def swept(self) -> None:
        """Have due folders removed now, and not in some seconds."""
        await sweep(self.app)

    async def ready(self, person: Person, *rungs: str, **fields: str) -> str:
        """Upload, and have it made."""
        await person.upload(None, **fields)
        return await self.worker().ingest(*(rungs or ("aac-64", "aac-128", "flac")))
