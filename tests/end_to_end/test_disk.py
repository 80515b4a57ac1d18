"""A full disk is said in words, costs nobody their data, and passes."""

import asyncio
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.houle import Server, sign_in
from tests.end_to_end.sources import excerpt
from tests.small_disk import fill, mounted


async def upload(server: Server, song: Path) -> tuple[int, str]:
    person = await sign_in(server)
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(song.read_bytes()), filename=song.name)
    async with person.http.post(f"{server.url}/api/v1/tracks", data=form) as response:
        answer = await response.json()
    await person.http.close()
    return response.status, str(answer.get("detail"))


async def test_below_the_floor_uploads_are_refused_and_reading_goes_on(
    tmp_path: Path, sources: Path
) -> None:
    floor = {"HOULE_DISK_FLOOR": str(1 << 60)}
    with Server(tmp_path / "data", environment=floor) as server:
        status, words = await upload(server, excerpt(sources))

        assert status == 507
        assert "room on the server's disk" in words
        person = await sign_in(server)
        async with person.http.get(f"{server.url}/api/v1/tracks") as response:
            assert (response.status, (await response.json())["items"]) == (200, [])
        await person.http.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 160 MiB, where the kernel lets us mount one."""
    with mounted(tmp_path / "small", 160) as folder:
        yield folder


async def test_a_disk_that_fills_up_in_the_middle_leaves_no_debris(
    small_disk: Path, sources: Path
) -> None:
    song = excerpt(sources, start=0, seconds=200)
    ballast = small_disk / "ballast"
    media = small_disk / "data" / "media"
    with Server(small_disk / "data", environment={"HOULE_DISK_FLOOR": "0"}) as server:
        free = shutil.disk_usage(small_disk).free
        ballast.write_bytes(bytes(free - song.stat().st_size // 2))

        status, _ = await upload(server, song)

        assert status == 507
        assert not [path for path in media.rglob("*") if path.is_file()]
        ballast.unlink()
        assert (await upload(server, excerpt(sources)))[0] == 202


async def test_a_disk_that_fills_up_while_a_song_is_encoded_ends_nobody(
    small_disk: Path, sources: Path
) -> None:
    data = small_disk / "data"
    with Server(data, environment={"HOULE_DISK_FLOOR": "0"}) as server:
        processes = {name: server.children()[name] for name in ("serve_child", "worker_child")}
        person = await sign_in(server)
        track = await person.upload(excerpt(sources, start=0, seconds=90))
        while (await person.track(track))["stage"] != "encoding":  # noqa: ASYNC110
            await asyncio.sleep(0.05)

        ballast = fill(small_disk)
        while "zygote_main fork" in server.children():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        ballast.unlink()

        made = await person.wait(track)
        assert made["state"] == "ready" or "disk is full" in made["error"], made
        assert processes.items() <= server.children().items()
        assert (await upload(server, excerpt(sources)))[0] == 202
        await person.http.close()
    assert not list((data / "work").iterdir())
    assert not list((data / "media/.transit").iterdir())
