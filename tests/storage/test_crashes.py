"""Neither a killed process nor a full disk leaves half an object, or debris for long."""

import asyncio
import errno
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from storage import LocalStorage, NoSpace
from tests.small_disk import mounted
from tests.storage.conftest import Body, kill_at_moments, require_whole

Files = Callable[[], set[str]]

# Puts object after object whose name is the hash of its content, until it is killed.
WRITER = """
import asyncio, hashlib, os, sys
from pathlib import Path
from storage import LocalStorage

async def body(content):
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]

async def main():
    store = LocalStorage(Path(sys.argv[1]))
    print("ready", flush=True)
    while True:
        content = os.urandom(1_300_000)
        await store.put("tracks/" + hashlib.sha256(content).hexdigest(), body(content))

asyncio.run(main())
"""


def test_a_writer_killed_at_any_moment_leaves_whole_objects_and_a_start_sweeps_the_rest(
    root: Path,
) -> None:
    kill_at_moments(WRITER, root)

    LocalStorage(root)

    require_whole(path for path in root.rglob("*") if path.is_file())


async def test_a_start_beside_a_living_writer_leaves_its_file_alone(
    store: LocalStorage, root: Path
) -> None:
    half, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"1" * 1_100_000
        yield b"2" * 1_100_000
        half.set()
        await go_on.wait()
        yield b"3"

    putting = asyncio.create_task(store.put("tracks/1/original", slow()))
    await half.wait()
    LocalStorage(root)
    go_on.set()

    assert (await putting).size == 2_200_001
    assert (root / "tracks/1/original").stat().st_size == 2_200_001


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "small", 4) as disk:
        yield disk


async def test_a_full_disk_is_told_and_what_was_written_is_given_back(
    small_disk: Path, tmp_path: Path, body: Body
) -> None:
    store = LocalStorage(small_disk / "media")
    await store.put("tracks/1/original", body(b"old"))
    free = await store.free_bytes()
    large = tmp_path / "large"
    large.write_bytes(b"x" * 5_000_000)

    with pytest.raises(NoSpace) as told:
        await store.put("tracks/1/original", body(*[b"x" * 500_000] * 10))
    with pytest.raises(NoSpace):
        await store.adopt("tracks/1/copy", large)

    assert told.value.errno == errno.ENOSPC
    assert await store.free_bytes() == free
    assert await store.read("tracks/1/original") == b"old"
    assert (await store.put("tracks/1/cover", body(b"small"))).size == 5


@pytest.fixture
def file_size_limit() -> Iterator[None]:
    """A limit that fails writes as a full disk does; it takes no root."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("file_size_limit")
async def test_a_file_larger_than_the_system_takes_is_no_space(
    store: LocalStorage, body: Body, files: Files
) -> None:
    with pytest.raises(NoSpace):
        await store.put("tracks/1/original", body(*[b"x" * 500_000] * 10))

    assert files() == set()
