"""The same server on PostgreSQL, which goes away in the middle of the work."""

import contextlib
import os
import signal
from pathlib import Path

import aiohttp
import numpy as np

from tests.end_to_end import decoded
from tests.end_to_end.houle import Person, Server, sign_in
from tests.end_to_end.sources import excerpt
from tests.postgresql import postgresql_server


async def test_a_song_becomes_a_stream_though_the_database_crashes_meanwhile(
    tmp_path: Path, sources: Path
) -> None:
    with postgresql_server() as database:
        database.run("CREATE DATABASE houle")
        given = {"HOULE_DATABASE_URL": database.url("houle")}
        with Server(tmp_path / "data", environment=given) as server:
            person = await sign_in(server)
            song = excerpt(sources, start=0, seconds=45)
            track = await person.upload(song)
            await until_analysed(person, track)
            child = server.children()["zygote_main fork"]
            os.kill(child, signal.SIGSTOP)  # or it might finish meanwhile
            database.stop(gracefully=False)
            async with person.http.get(f"{server.url}/api/v1/tracks/{track}") as refused:
                assert refused.status == 503
                assert (await refused.json())["type"].endswith("database-away")
            database.start()
            os.kill(child, signal.SIGCONT)

            ended = await until_complete(person, track)

            assert ended["state"] == "ready", ended["error"]
            heard = decoded.integers(f"{server.url}/hls/{track}/flac/media.m3u8")
            assert np.array_equal(heard, decoded.integers(song))
            await person.http.close()
        assert not (tmp_path / "data" / "houle.db").exists()


async def until_analysed(person: Person, track: str) -> None:
    async for name, event in person.events(track):
        if name == "state" and event["stage"] in {"analysing", "encoding", "playable"}:
            return


async def until_complete(person: Person, track: str) -> dict[str, object]:
    """Watch, again where the stream of events broke off."""
    while True:
        with contextlib.suppress(aiohttp.ClientError):
            shown = await person.wait(track)
            if shown["state"] == "failed" or all(e["finished"] for e in shown["renditions"]):
                return shown
