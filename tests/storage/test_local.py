"""The local store: whole objects or none, first writer wins, nothing outside its folder."""

import asyncio
import hashlib
import os
import resource
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import KeyRefused, LocalStorage, NoSpace, ObjectNotFound

CONTENT = os.urandom(3_500_001)


@pytest.fixture
def store(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


async def chunks(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def everything(body: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in body])


def files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_what_was_put_comes_back_with_its_size_and_hash(store: LocalStorage) -> None:
    stored = await store.put("tracks/1/original", chunks(CONTENT))

    assert stored.size == len(CONTENT) == await store.size("tracks/1/original")
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert await everything(store.get("tracks/1/original")) == CONTENT
    assert await everything(store.get("tracks/1/original", 10, 20)) == CONTENT[10:20]
    assert await everything(store.get("tracks/1/original", len(CONTENT) - 5)) == CONTENT[-5:]


async def test_an_empty_object_is_an_object(store: LocalStorage) -> None:
    await store.put("empty", chunks(b""))

    assert await everything(store.get("empty")) == b""
    assert await store.size("empty") == 0


async def test_what_is_not_there_says_so_before_the_first_byte(store: LocalStorage) -> None:
    with pytest.raises(ObjectNotFound):
        await anext(store.get("nothing"))
    with pytest.raises(ObjectNotFound):
        await store.read("nothing")
    with pytest.raises(ObjectNotFound):
        await store.size("nothing")
    await store.delete("nothing")
    await store.delete_prefix("nothing")


@pytest.mark.parametrize(
    "key",
    ["../up", "a/../../up", "/etc/passwd", "a//b", "", "a/.hidden", "a\0b", "a/" * 600, "ä", "a b"],
)
async def test_keys_that_lead_elsewhere_are_refused(key: str, store: LocalStorage) -> None:
    with pytest.raises(KeyRefused):
        await store.put(key, chunks(b"x"))
    with pytest.raises(KeyRefused):
        await store.delete_prefix(key)


async def test_a_body_that_breaks_off_leaves_nothing(store: LocalStorage, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        async for chunk in chunks(CONTENT):
            yield chunk
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put("half", breaking())

    assert files(tmp_path) == []


async def test_a_cancelled_put_leaves_nothing(store: LocalStorage, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        async for chunk in chunks(CONTENT):
            yield chunk
        begun.set()
        await asyncio.Event().wait()

    putting = asyncio.create_task(store.put("half", endless()))
    await begun.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting

    assert files(tmp_path) == []


async def test_readers_keep_the_old_object_until_the_new_one_is_whole(store: LocalStorage) -> None:
    await store.put("song", chunks(b"old"))
    half = asyncio.Event()
    rest = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield CONTENT
        half.set()
        await rest.wait()
        yield b"end"

    putting = asyncio.create_task(store.put("song", slowly()))
    await half.wait()
    assert await store.read("song") == b"old"
    rest.set()
    await putting

    assert await store.read("song") == CONTENT + b"end"


@pytest.fixture
def full_disk() -> Iterator[None]:
    """A limit on file sizes, which fails writes as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("full_disk")
async def test_a_full_disk_is_said_and_leaves_nothing(store: LocalStorage, tmp_path: Path) -> None:
    with pytest.raises(NoSpace):
        await store.put("big", chunks(CONTENT))

    assert files(tmp_path) == []


async def test_the_first_of_two_writers_wins(store: LocalStorage, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).write_bytes(name.encode())

    assert await store.adopt("tracks/1/r1/aac-128/0.m4s", tmp_path / "first")
    assert not await store.adopt("tracks/1/r1/aac-128/0.m4s", tmp_path / "second")

    assert await store.read("tracks/1/r1/aac-128/0.m4s") == b"first"


async def test_a_link_in_the_scratch_folder_is_not_followed(
    store: LocalStorage, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")

    with pytest.raises(OSError, match="symbolic"):
        await store.adopt("stolen", tmp_path / "link")


async def test_deleting_a_prefix_takes_all_below_it_and_nothing_beside(store: LocalStorage) -> None:
    for key in ("tracks/1/a", "tracks/1/r1/b", "tracks/10/a"):
        await store.put(key, chunks(b"x"))

    await store.delete_prefix("tracks/1")

    assert await store.read("tracks/10/a") == b"x"
    with pytest.raises(ObjectNotFound):
        await store.size("tracks/1/a")


async def test_what_an_earlier_process_left_half_written_is_swept(
    store: LocalStorage, tmp_path: Path
) -> None:
    await store.put("tracks/1/a", chunks(b"x"))
    (tmp_path / "media/tracks/1/.part-123").write_bytes(b"half")

    assert await store.sweep() == 1

    assert [path.name for path in files(tmp_path)] == ["a"]
    assert (await store.free_bytes() or 0) > 0
