"""Parts of objects grow by whoever knows where they end, and become objects once and whole."""

import asyncio
import hashlib
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage import KeyRefused, LocalStorage, NoSpace, ObjectNotFound, PartMoved
from tests.small_disk import mounted
from tests.storage.conftest import Body, kill_at_moments, require_whole

KEY = "tracks/1/waveform.dat"
PART = "job/1/worker/waveform.dat"
MIB = 1024**2
Files = Callable[[], set[str]]


def noise(size: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(size)


def part_file(root: Path) -> Path:
    (only,) = (root / ".transit" / "parts").iterdir()
    return only


async def test_what_came_in_several_goes_is_one_object(
    store: LocalStorage, body: Body, files: Files
) -> None:
    content = noise(3_000_000)
    for start, stop in [(0, 5), (5, 5), (5, 1_500_000), (1_500_000, 3_000_000)]:
        assert await store.parts.append(PART, start, body(content[start:stop])) == stop
        assert await store.parts.size(PART) == stop

    assert await store.parts.publish(PART, KEY, len(content))

    stored = await store.read(KEY)
    assert hashlib.sha256(stored).digest() == hashlib.sha256(content).digest()
    assert files() == {KEY}
    assert await store.parts.size(PART) == 0


async def test_an_object_may_be_empty(store: LocalStorage, body: Body) -> None:
    assert await store.parts.append(PART, 0, body()) == 0
    assert await store.parts.publish(PART, KEY, 0)

    assert await store.read(KEY) == b""


async def test_nobody_sees_a_part_as_an_object(store: LocalStorage, body: Body) -> None:
    await store.parts.append(PART, 0, body(b"half"))

    assert not await store.parts.is_published(KEY)
    with pytest.raises(ObjectNotFound):
        await store.size(KEY)


@pytest.mark.parametrize("at", [0, 3, 5, 10**12])
async def test_a_part_grows_only_at_its_end(at: int, store: LocalStorage, body: Body) -> None:
    await store.parts.append(PART, 0, body(b"1234"))

    with pytest.raises(PartMoved) as moved:
        await store.parts.append(PART, at, body(b"x"))

    assert moved.value.size == 4
    assert await store.parts.append(PART, 4, body(b"5")) == 5


async def test_a_part_that_is_not_there_begins_at_0(store: LocalStorage, body: Body) -> None:
    with pytest.raises(PartMoved) as moved:
        await store.parts.append(PART, 7, body(b"x"))

    assert moved.value.size == 0


async def test_the_first_object_stays_and_the_part_goes(
    store: LocalStorage, body: Body, files: Files
) -> None:
    await store.put(KEY, body(b"first"))
    await store.parts.append(PART, 0, body(b"second"))

    assert not await store.parts.publish(PART, KEY, 6)

    assert await store.read(KEY) == b"first"
    assert await store.parts.is_published(KEY)
    assert files() == {KEY}


async def test_a_part_of_another_size_is_not_published(
    store: LocalStorage, body: Body, files: Files
) -> None:
    await store.parts.append(PART, 0, body(b"1234"))

    for size in (0, 3, 5):
        with pytest.raises(PartMoved):
            await store.parts.publish(PART, KEY, size)
    with pytest.raises(PartMoved):
        await store.parts.publish("another", KEY, 4)

    assert KEY not in files()


async def test_what_came_before_a_body_broke_off_stays(store: LocalStorage, body: Body) -> None:
    content = noise(4 * MIB)

    async def broken() -> AsyncIterator[bytes]:
        yield content[: 2 * MIB]
        yield content[2 * MIB : 3 * MIB]
        raise ConnectionResetError("the sender is gone")

    with pytest.raises(ConnectionResetError):
        await store.parts.append(PART, 0, broken())
    there = await store.parts.size(PART)
    await store.parts.append(PART, there, body(content[there:]))

    assert there >= 2 * MIB
    assert await store.parts.publish(PART, KEY, len(content))
    assert await store.read(KEY) == content


async def test_who_goes_on_with_a_part_turns_away_who_was_given_up(
    store: LocalStorage, body: Body
) -> None:
    content = noise(3 * MIB)
    half, go_on = asyncio.Event(), asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield content[:MIB]
        half.set()
        await go_on.wait()
        yield bytes(2 * MIB)

    async with asyncio.TaskGroup() as group:
        old = group.create_task(refused(store, stalled()))
        await half.wait()
        while (there := await store.parts.size(PART)) < MIB:  # noqa: ASYNC110 -- a thread writes
            await asyncio.sleep(0)
        await store.parts.append(PART, there, body(content[there:]))
        go_on.set()

    assert old.result() == len(content)
    assert await store.parts.publish(PART, KEY, len(content))
    assert await store.read(KEY) == content


async def refused(store: LocalStorage, late: AsyncIterator[bytes]) -> int:
    with pytest.raises(PartMoved) as moved:
        await store.parts.append(PART, 0, late)
    return moved.value.size


async def test_an_object_never_grows_by_a_writer_that_comes_late(
    store: LocalStorage, body: Body
) -> None:
    published = asyncio.Event()

    async def late() -> AsyncIterator[bytes]:
        await published.wait()
        yield b"too late"

    await store.parts.append(PART, 0, body(b"whole"))
    appending = asyncio.create_task(store.parts.append(PART, 5, late()))
    await asyncio.sleep(0.05)
    await store.parts.publish(PART, KEY, 5)
    published.set()

    with pytest.raises(PartMoved):
        await appending
    assert await store.read(KEY) == b"whole"


async def test_what_died_between_the_two_names_of_an_object_left_it_whole(
    store: LocalStorage, body: Body, root: Path
) -> None:
    await store.parts.append(PART, 0, body(b"whole"))
    (root / KEY).parent.mkdir(parents=True)
    (root / KEY).hardlink_to(part_file(root))

    with pytest.raises(PartMoved):
        await store.parts.append(PART, 5, body(b" and more"))
    await store.parts.append(PART, 0, body(b"again"))

    assert await store.read(KEY) == b"whole"


async def test_parts_outlive_a_start_but_not_an_hour(
    store: LocalStorage, body: Body, root: Path
) -> None:
    await store.parts.append(PART, 0, body(b"1234"))

    LocalStorage(root)
    await store.parts.sweep()
    assert await store.parts.size(PART) == 4

    an_hour_ago = time.time() - 3601
    os.utime(part_file(root), (an_hour_ago, an_hour_ago))
    await store.parts.sweep()
    assert await store.parts.size(PART) == 0


async def test_a_start_sweeps_old_parts_too(store: LocalStorage, body: Body, root: Path) -> None:
    await store.parts.append(PART, 0, body(b"1234"))
    os.utime(part_file(root), (0, 0))

    LocalStorage(root)

    assert await store.parts.size(PART) == 0


async def test_dropping_is_idempotent(store: LocalStorage, body: Body, files: Files) -> None:
    await store.parts.append(PART, 0, body(b"1234"))

    await store.parts.drop(PART)
    await store.parts.drop(PART)

    assert files() == set()


async def test_a_full_disk_is_told_and_has_its_room_back(tmp_path: Path, body: Body) -> None:
    with mounted(tmp_path / "small", 4) as disk:
        store = LocalStorage(disk / "media")
        await store.parts.append(PART, 0, body(b"begun"))
        free = await store.free_bytes()

        with pytest.raises(NoSpace):
            await store.parts.append(PART, 5, body(*[b"x" * 500_000] * 10))

        assert await store.parts.size(PART) == 0
        assert (await store.free_bytes() or 0) >= (free or 0)
        assert await store.parts.append(PART, 0, body(b"small")) == 5


async def test_a_key_that_leads_astray_is_refused(
    store: LocalStorage, body: Body, files: Files
) -> None:
    await store.parts.append(PART, 0, body(b"x"))

    for key in ("../x", "tracks/../../x", "/etc/x", ".transit/x"):
        with pytest.raises(KeyRefused):
            await store.parts.publish(PART, key, 1)
        with pytest.raises(KeyRefused):
            await store.parts.is_published(key)


async def test_the_name_of_a_part_leads_nowhere(
    store: LocalStorage, body: Body, root: Path
) -> None:
    for name in ("../../x", "/etc/x", "", "a/" * 2000):
        await store.parts.append(name, 0, body(b"x"))

    assert len(list((root / ".transit" / "parts").iterdir())) == 4


# Makes objects of parts whose name is the hash of their content, until it is killed.
WRITER = """
import asyncio, hashlib, os, sys
from pathlib import Path
from storage import LocalStorage

async def body(content):
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]

async def main():
    parts = LocalStorage(Path(sys.argv[1])).parts
    print("ready", flush=True)
    while True:
        content = os.urandom(1_300_000)
        name = hashlib.sha256(content).hexdigest()
        for start in range(0, len(content), 260_000):
            await parts.append(name, start, body(content[start : start + 260_000]))
        await parts.publish(name, "tracks/" + name, len(content))

asyncio.run(main())
"""


def test_a_writer_killed_at_any_moment_leaves_whole_objects_only(root: Path) -> None:
    kill_at_moments(WRITER, root)

    require_whole((root / "tracks").iterdir())
