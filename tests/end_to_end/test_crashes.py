"""The end of any process in the middle of the work: the track becomes ready all the same."""

import contextlib
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end import decoded
from tests.end_to_end.houle import Person, Server, sign_in
from tests.end_to_end.sources import excerpt


@pytest.fixture
async def fragile(tmp_path: Path) -> AsyncIterator[Server]:
    with Server(tmp_path / "data") as server:
        yield server


async def until_encoding(person: Person, track: str) -> None:
    async for name, event in person.events(track):
        if name == "state" and event["stage"] in {"encoding", "playable"}:
            return
    pytest.fail("the work was over before it could be disturbed")


def job(server: Server) -> tuple[str, int]:
    """State and attempts of the only job, as its row says."""
    with contextlib.closing(sqlite3.connect(server.data / "houle.db")) as database:
        state, attempt = database.execute("SELECT state, attempt FROM jobs").fetchone()
    return str(state), int(attempt)


async def test_a_server_that_is_stopped_hands_its_work_back_and_no_attempt_is_lost(
    fragile: Server, sources: Path
) -> None:
    person = await sign_in(fragile)
    track = await person.upload(excerpt(sources, start=0, seconds=45))
    await until_encoding(person, track)
    os.kill(fragile.children()["zygote_main fork"], signal.SIGSTOP)  # or it might still finish

    assert fragile.stop() == 0
    assert job(fragile) == ("pending", 0)
    fragile.start()
    ended = await person.wait(track)

    assert ended["state"] == "ready", ended["error"]
    assert all(each["finished"] for each in ended["renditions"])
    assert job(fragile)[1] == 1
    await person.http.close()


async def test_the_work_survives_the_death_of_its_child_and_of_its_worker(
    fragile: Server, sources: Path
) -> None:
    person = await sign_in(fragile)
    song = excerpt(sources, start=0, seconds=45)
    for victim in ("zygote_main fork", "worker_child"):
        track = await person.upload(song)
        await until_encoding(person, track)
        os.kill(fragile.children()[victim], signal.SIGKILL)
        ended = await person.wait(track)

        assert ended["state"] == "ready", (victim, ended["error"])
        heard = decoded.integers(f"{fragile.url}/hls/{track}/flac/media.m3u8")
        assert np.array_equal(heard, decoded.integers(song)), victim
    await person.http.close()


async def test_the_work_survives_the_death_of_the_whole_server(
    fragile: Server, sources: Path
) -> None:
    person = await sign_in(fragile)
    song = excerpt(sources, start=0, seconds=45)
    track = await person.upload(song)
    await until_encoding(person, track)
    orphans = fragile.children().values()
    assert fragile.process is not None
    fragile.process.kill()
    fragile.process.wait()
    fragile.start()

    ended = await person.wait(track)

    assert ended["state"] == "ready", ended["error"]
    assert not [pid for pid in orphans if Path(f"/proc/{pid}/cmdline").exists()]
    heard = decoded.samples(f"{fragile.url}/hls/{track}/aac-128/media.m3u8", rate=44_100)
    assert decoded.lag(heard, decoded.samples(song, rate=44_100)) == 0
    await person.http.close()
