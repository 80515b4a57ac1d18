"""Objects on the local disk are whole or absent, whatever happens on their way in."""

import asyncio
import hashlib
import random
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage import KeyRefused, LocalStorage, ObjectNotFound, ObjectTooLarge
from tests.storage.conftest import Body

KEY = "tracks/1/original"
Files = Callable[[], set[str]]


async def whole(store: LocalStorage, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in store.get(KEY, start, stop)])


async def test_what_was_put_is_got_and_its_hash_is_that_of_hashlib(
    store: LocalStorage, body: Body, root: Path
) -> None:
    parts = [random.Random(7).randbytes(300_000 + n) for n in range(11)]

    stored = await store.put(KEY, body(*parts))

    content = b"".join(parts)
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert await whole(store) == content
    assert await store.size(KEY) == len(content)
    assert (root / KEY).read_bytes() == content
    assert store.local_path(KEY) == root / KEY


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 0), (0, 1), (5, 5), (262_143, 262_145), (300_000, None), (1, 10**9), (700_000, 9)],
)
async def test_a_range_is_a_slice(
    start: int, stop: int | None, store: LocalStorage, body: Body
) -> None:
    content = random.Random(8).randbytes(600_000)
    await store.put(KEY, body(content))

    assert await whole(store, start, stop) == content[start:stop]


async def test_an_empty_object_is_an_object(store: LocalStorage, body: Body) -> None:
    stored = await store.put(KEY, body())

    assert stored.size == 0
    assert await whole(store) == b""
    assert await store.read(KEY) == b""


async def test_what_is_not_there_is_not_found_before_the_first_chunk(store: LocalStorage) -> None:
    with pytest.raises(ObjectNotFound):
        await anext(store.get(KEY))
    with pytest.raises(ObjectNotFound):
        await store.read(KEY)
    with pytest.raises(ObjectNotFound):
        await store.size(KEY)
    assert store.local_path(KEY) is None


async def test_a_folder_of_objects_is_no_object(store: LocalStorage, body: Body) -> None:
    await store.put(KEY, body(b"x"))

    with pytest.raises(ObjectNotFound):
        await store.size("tracks/1")
    with pytest.raises(ObjectNotFound):
        await store.read(KEY + "/deeper")


async def test_more_than_the_reader_wants_to_hold_is_refused(
    store: LocalStorage, body: Body
) -> None:
    await store.put(KEY, body(b"12345"))

    assert await store.read(KEY, limit=5) == b"12345"
    with pytest.raises(ObjectTooLarge):
        await store.read(KEY, limit=4)


async def test_a_reader_keeps_the_object_that_it_began_with(
    store: LocalStorage, body: Body
) -> None:
    await store.put(KEY, body(b"a" * 600_000))
    reading = store.get(KEY)
    first = await anext(reading)

    await store.put(KEY, body(b"b" * 600_000))

    rest = b"".join([chunk async for chunk in reading])
    assert first + rest == b"a" * 600_000
    assert await whole(store) == b"b" * 600_000


async def test_a_reader_that_leaves_early_leaves_no_open_file(
    store: LocalStorage, body: Body
) -> None:
    await store.put(KEY, body(b"a" * 2_000_000))
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(5):
        reading = store.get(KEY)
        await anext(reading)
        await reading.aclose()

    assert len(list(Path("/proc/self/fd").iterdir())) == before


async def test_a_body_that_breaks_off_leaves_the_old_object_and_nothing_else(
    store: LocalStorage, body: Body, files: Files
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"n" * 3_000_000
        raise ConnectionResetError("the client is gone")

    await store.put(KEY, body(b"old"))
    with pytest.raises(ConnectionResetError):
        await store.put(KEY, broken())

    assert await store.read(KEY) == b"old"
    assert files() == {KEY}


@pytest.mark.parametrize("begun", [0, 1, 3_000_000])
async def test_a_cancelled_put_leaves_nothing(
    begun: int, store: LocalStorage, files: Files
) -> None:
    waiting = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * begun
        waiting.set()
        await asyncio.Event().wait()

    putting = asyncio.create_task(store.put(KEY, endless()))
    await waiting.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting

    assert files() == set()


async def test_a_put_cancelled_at_any_moment_leaves_a_whole_object_or_nothing(
    store: LocalStorage, body: Body, files: Files
) -> None:
    content = b"y" * 1_500_000
    for turns in range(12):
        putting = asyncio.create_task(store.put(KEY, body(content)))
        for _ in range(turns):
            await asyncio.sleep(0)
        putting.cancel()
        await asyncio.wait({putting})

        left = files()
        assert left <= {KEY}
        if left:
            assert await store.read(KEY) == content
            await store.delete(KEY)


async def test_deleting_is_idempotent(store: LocalStorage, body: Body, files: Files) -> None:
    await store.put(KEY, body(b"x"))

    await store.delete(KEY)
    await store.delete(KEY)
    await store.delete("never/was")

    assert files() == set()


@pytest.mark.parametrize("prefix", ["tracks/1", "tracks/1/"])
async def test_a_prefix_is_a_folder_and_not_the_beginning_of_a_name(
    prefix: str, store: LocalStorage, body: Body, files: Files
) -> None:
    for key in ("tracks/1/original", "tracks/1/r1/flac/0.m4s", "tracks/10/original"):
        await store.put(key, body(b"x"))

    await store.delete_prefix(prefix)
    await store.delete_prefix(prefix)

    assert files() == {"tracks/10/original"}


async def test_free_bytes_are_told_before_the_folder_exists(
    store: LocalStorage, root: Path
) -> None:
    assert not root.exists()
    free = await store.free_bytes()

    assert free is not None
    assert free > 0


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "tracks/../../etc/passwd",
        "..",
        ".",
        "tracks/./x",
        "tracks//x",
        "tracks/x/",
        "tracks/\0",
        "tracks/\n",
        "tracks/\udc80",
        ".transit/x",
        "tracks/.hidden",
        "a" * 256,
        "ä",
        "a b",
        "/".join(["abc"] * 300),
    ],
)
async def test_a_key_that_leads_astray_is_refused_everywhere(
    key: str, store: LocalStorage, body: Body, tmp_path: Path
) -> None:
    with pytest.raises(KeyRefused):
        await store.put(key, body(b"x"))
    with pytest.raises(KeyRefused):
        await store.adopt(key, tmp_path / "x")
    with pytest.raises(KeyRefused):
        await anext(store.get(key))
    with pytest.raises(KeyRefused):
        await store.delete(key)
    with pytest.raises(KeyRefused):
        store.local_path(key)
    with pytest.raises(KeyRefused):
        await store.delete_prefix(key if key != "tracks/x/" else "../x/")


def in_memory(path: Path) -> int:
    """Return how many bytes of a file the system holds in its cache."""
    command = ["fincore", "--bytes", "--noheadings", "--output", "RES", str(path)]
    return int(subprocess.run(command, check=True, capture_output=True).stdout)


async def test_a_long_file_does_not_push_others_out_of_memory(
    store: LocalStorage, body: Body, root: Path
) -> None:
    if subprocess.check_output(["stat", "-fc", "%T", root.parent]).strip() == b"tmpfs":
        pytest.skip("this file system is memory itself")
    mebibytes = [random.Random(n).randbytes(1 << 20) for n in range(4)]

    await store.put(KEY, body(*mebibytes * 25))

    assert in_memory(root / KEY) <= 48 << 20
    assert await whole(store) == b"".join(mebibytes * 25)
