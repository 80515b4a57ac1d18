"""The long counts: random deaths by seed, and three hours of sound. `make soak` runs them."""

import os
import random
import signal
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end import decoded
from tests.end_to_end.houle import Server, sign_in
from tests.end_to_end.sources import excerpt, ffmpeg

SEED = 20261121
DEATHS = 20


@pytest.mark.soak
@pytest.mark.timeout(1_800)
async def test_twenty_deaths_at_random_moments_lose_nothing(tmp_path: Path, sources: Path) -> None:
    chance = random.Random(SEED)
    song = excerpt(sources, start=0, seconds=60)
    with Server(tmp_path / "data") as server:
        for number in range(DEATHS):
            person = await sign_in(server)
            track = await person.upload(song)
            moment = chance.randrange(1, 40)
            async for _ in person.events(track):
                moment -= 1
                if not moment:
                    break
            victim = chance.choice(["zygote_main fork", "zygote_main", "worker_child", "server"])
            strike(server, victim)
            ended = await person.wait(track)
            assert ended["state"] == "ready", (number, victim, ended["error"])
            heard = decoded.integers(f"{server.url}/hls/{track}/flac/media.m3u8")
            assert np.array_equal(heard, decoded.integers(song)), (number, victim)
            await person.http.close()


def strike(server: Server, victim: str) -> None:
    """Kill -9 one of the processes, if it lives; the server is started again by its operator."""
    if victim == "server":
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.start()
    elif victim in (alive := server.children()):
        os.kill(alive[victim], signal.SIGKILL)


@pytest.mark.soak
@pytest.mark.timeout(1_800)
async def test_three_hours_become_a_track(tmp_path: Path) -> None:
    long = tmp_path / "long.flac"
    noise = "anoisesrc=color=pink:amplitude=0.2:seed=3:sample_rate=44100:duration=10800"
    ffmpeg("-f", "lavfi", "-i", noise, "-c:a", "flac", long)
    with Server(tmp_path / "data") as server:
        person = await sign_in(server)

        track = await person.ready(long)

        assert track["duration_ms"] == 10_800_000
        address = f"{server.url}/hls/{track['id']}/flac/media.m3u8"
        assert np.array_equal(decoded.integers(address, 1), decoded.integers(long, 1))
        await person.http.close()
