"""The worker's side of objects against the real routes, over a network that breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jobs.client import LeaseClient
from jobs.granted_objects import GrantedObjects
from jobs.messages import Job, LeaseLost, RequestRefused, ServerFull
from jobs.objects import ObjectGone
from storage import keys
from tests.cutting import Cutting, cutting
from tests.server.jobs.giving import MIB, NAME, Given, claimed, lapse, noise, sha256
from tests.server.tracks.studio import Person, Studio, wav
from tests.server.uploads.sending import Limited
from tests.small_disk import fill, mounted


@asynccontextmanager
async def reached(given: Given, *cuts: int) -> AsyncIterator[tuple[GrantedObjects, Cutting]]:
    """The job's objects as its worker reaches them, without any token that is worth something."""
    async with (
        cutting(given.studio.client.port or 0, *cuts) as network,
        LeaseClient(f"http://127.0.0.1:{network.port}", "nobody's token") as client,
    ):
        yield client.objects(Job.from_json(given.job)), network


@pytest.fixture
async def given(studio: Studio, marin: Person) -> Given:
    await marin.upload(wav(3_000_000, fill=7))
    return await claimed(studio)


def made(folder: Path, content: bytes) -> Path:
    path = folder / "made"
    path.write_bytes(content)
    return path


async def test_an_object_is_fetched_into_the_folder(given: Given, tmp_path: Path) -> None:
    async with reached(given) as (objects, _):
        path = await objects.input("original", tmp_path / "source")

    assert path == tmp_path / "source" / "original"
    assert path.read_bytes() == wav(3_000_000, fill=7)


async def test_fetching_goes_on_where_the_network_broke(given: Given, tmp_path: Path) -> None:
    content = wav(3_000_000, fill=7)[:44] + noise(2_999_956)
    given.stored("original").write_bytes(content)

    async with reached(given, 500, 900_000, 1_000_000, 200_000) as (objects, network):
        path = await objects.input("original", tmp_path)

    assert network.broken == 4
    assert sha256(path.read_bytes()) == sha256(content)


@pytest.mark.parametrize("size", [0, 1, 300_000, 8 * MIB])
async def test_a_file_is_published_and_leaves_the_scratch_folder(
    given: Given, tmp_path: Path, size: int
) -> None:
    content = noise(size)
    path = made(tmp_path, content)

    async with reached(given) as (objects, _):
        await objects.output(NAME, path)

    assert given.stored().read_bytes() == content
    assert not path.exists()


async def test_sending_goes_on_where_the_network_broke(given: Given, tmp_path: Path) -> None:
    content = noise(70 * MIB)  # three pieces
    cuts = (200, 9 * MIB, 400_000, 20 * MIB, 5 * MIB)

    async with reached(given, *cuts) as (objects, network):
        await objects.output(NAME, made(tmp_path, content))

    assert network.broken >= 3
    assert sha256(given.stored().read_bytes()) == sha256(content)


async def test_a_small_file_survives_a_network_that_breaks(given: Given, tmp_path: Path) -> None:
    content = noise(3 * MIB)

    async with reached(given, 100, 2 * MIB, 50_000) as (objects, network):
        await objects.output(NAME, made(tmp_path, content))

    assert network.broken >= 2
    assert sha256(given.stored().read_bytes()) == sha256(content)


async def test_what_is_there_already_stays_and_is_no_error(given: Given, tmp_path: Path) -> None:
    await given.put(b"first")

    async with reached(given) as (objects, _):
        await objects.output(NAME, made(tmp_path, b"second"))
        await objects.output(NAME, made(tmp_path, noise(9 * MIB)))

    assert given.stored().read_bytes() == b"first"


async def test_a_lost_lease_is_said_for_both(given: Given, tmp_path: Path) -> None:
    await lapse(given.studio)

    async with reached(given) as (objects, _):
        with pytest.raises(LeaseLost):
            await objects.input("original", tmp_path)
        for size in (10, 3 * MIB, 9 * MIB):
            with pytest.raises(LeaseLost):
                await objects.output(NAME, made(tmp_path, noise(size)))

    assert not given.stored().exists()


async def test_an_input_that_is_gone_is_said(given: Given, tmp_path: Path) -> None:
    await given.studio.storage.delete(keys.original(given.track_id))

    async with reached(given) as (objects, _):
        with pytest.raises(ObjectGone):
            await objects.input("original", tmp_path)


async def test_what_the_job_may_not_have_is_refused_at_once(given: Given, tmp_path: Path) -> None:
    async with reached(given) as (objects, _):
        with pytest.raises(RequestRefused):
            await objects.input("cover", tmp_path)
        with pytest.raises(RequestRefused):
            await objects.output("../cover", made(tmp_path, b"x"))
        with pytest.raises(RequestRefused):
            await objects.output("original", made(tmp_path, b"x"))


async def test_a_full_server_is_an_error_of_its_own(limited: Limited, tmp_path: Path) -> None:
    with mounted(tmp_path / "small", 8) as disk:
        studio = await limited(storage_url=f"file://{disk}")
        await (await studio.person()).upload(wav(1000))
        given = await claimed(studio)
        fill(disk)
        path = made(tmp_path, noise(2 * MIB))

        async with reached(given) as (objects, _):
            with pytest.raises(ServerFull):
                await objects.output(NAME, path)

        assert path.exists()


async def test_a_link_or_a_pipe_is_not_sent(given: Given, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").mkdir()

    async with reached(given) as (objects, _):
        for name in ("link", "folder"):
            with pytest.raises(OSError, match=r"symbolic|regular"):
                await objects.output(NAME, tmp_path / name)

    assert not given.stored().exists()


async def test_a_cancelled_transfer_ends_and_publishes_nothing(
    given: Given, tmp_path: Path
) -> None:
    async with reached(given) as (objects, _):
        sending = asyncio.create_task(objects.output(NAME, made(tmp_path, noise(40 * MIB))))
        while await given.offset() == 0:  # noqa: ASYNC110 -- told by the server
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    assert not given.stored().exists()
