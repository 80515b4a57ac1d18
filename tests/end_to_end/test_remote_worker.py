"""A worker that shares nothing with the server but its address and a token."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end import decoded
from tests.end_to_end.houle import ROOT, Person, Server, sign_in
from tests.end_to_end.sources import excerpt
from tests.ports import free_port
from tests.postgresql import postgresql_server
from tests.server.served import houle


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on PostgreSQL that does no work itself."""
    with postgresql_server() as database:
        database.run("CREATE DATABASE houle")
        given = {
            "HOULE_DATABASE_URL": database.url("houle"),
            "HOULE_EMBEDDED_WORKER": "false",
            "HOULE_INTERNAL_PORT": str(free_port()),
        }
        with Server(tmp_path / "data", environment=given) as started:
            yield started


@contextlib.asynccontextmanager
async def working(server: Server, scratch: Path) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A `houle worker` of another machine, until the block ends."""
    scratch.mkdir()
    process = await asyncio.to_thread(start_worker, server, scratch)
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


def start_worker(server: Server, scratch: Path) -> "subprocess.Popen[bytes]":
    port = server.environment["HOULE_INTERNAL_PORT"]
    add = ("workers", "add", scratch.name, "--pool", "cpu")
    token = houle(*add, data=server.data, **server.environment)
    assert token.returncode == 0, token.stderr
    away = [sys.executable, "-m", "tests.end_to_end.elsewhere"]
    command = [sys.executable, "-m", "cli.main", "worker", "--room", "1MiB"]
    environment = {name: value for name, value in os.environ.items() if "HOULE" not in name}
    told = {
        "HOULE_WORKER_SERVER": f"http://127.0.0.1:{port}",
        "HOULE_WORKER_TOKEN": token.stdout.strip(),
        "HOULE_WORKER_SCRATCH": str(scratch),
        "PYTHONPATH": str(ROOT),
    }
    with (scratch / "log").open("ab") as log:
        return subprocess.Popen(
            [*away, str(scratch / "way"), port, str(server.data), *command],
            cwd=scratch,
            env=environment | told,
            stdout=log,
            stderr=log,
        )


async def ended(worker: "subprocess.Popen[bytes]") -> int:
    return await asyncio.to_thread(worker.wait, 60)


async def test_a_song_becomes_a_stream_by_a_worker_with_a_token_alone(
    server: Server, tmp_path: Path, sources: Path
) -> None:
    song = excerpt(sources, start=0, seconds=30)
    person = await sign_in(server)
    async with working(server, tmp_path / "far") as worker:
        track = await ready(person, await person.upload(song))

        heard = decoded.integers(f"{server.url}/hls/{track['id']}/flac/media.m3u8")
        assert np.array_equal(heard, decoded.integers(song))
        worker.send_signal(signal.SIGTERM)
        assert await ended(worker) == 0
    assert list((tmp_path / "far" / "work").iterdir()) == []
    await person.http.close()


async def test_what_a_dead_worker_began_another_ends(
    server: Server, tmp_path: Path, sources: Path
) -> None:
    song = excerpt(sources, start=0, seconds=60)
    person = await sign_in(server)
    async with working(server, tmp_path / "first") as first:
        track = await person.upload(song)
        while (await person.track(track))["stage"] not in {"encoding", "playable"}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        first.kill()
    async with working(server, tmp_path / "second"):
        await ready(person, track)

    heard = decoded.integers(f"{server.url}/hls/{track}/flac/media.m3u8")
    assert np.array_equal(heard, decoded.integers(song))
    await person.http.close()


async def test_a_worker_that_is_stopped_gives_its_job_back_and_one_that_is_revoked_ends(
    server: Server, tmp_path: Path, sources: Path
) -> None:
    person = await sign_in(server)
    async with working(server, tmp_path / "far") as worker:
        track = await person.upload(excerpt(sources, start=0, seconds=90))
        while (await person.track(track))["stage"] not in {"encoding", "playable"}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        worker.send_signal(signal.SIGTERM)
        assert await ended(worker) == 0
    (job,) = (await jobs(person))["items"]
    assert (job["status"], job["attempt"]) == ("pending", 0)

    async with working(server, tmp_path / "near") as worker:
        revoked = await asyncio.to_thread(
            houle, "workers", "revoke", "near", data=server.data, **server.environment
        )
        assert revoked.returncode == 0, revoked.stderr
        assert await ended(worker) == 1
        assert "does not know this worker token" in (tmp_path / "near" / "log").read_text()
    await person.http.close()


async def jobs(person: Person) -> dict[str, list[dict[str, object]]]:
    async with person.http.get(f"{person.url}/api/v1/jobs?kind=any") as response:
        return dict(await response.json())


async def ready(person: Person, track: str) -> dict[str, object]:
    """Wait until every rung is made, over as many attempts as it takes."""
    while True:
        shown = await person.wait(track)
        assert shown["state"] != "failed", shown["error"]
        if shown["state"] == "ready" and all(each["finished"] for each in shown["renditions"]):
            return shown
