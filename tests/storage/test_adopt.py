"""Finished files become objects once: the first one stays."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import LocalStorage, ObjectNotFound

KEY = "tracks/1/r1/flac/0.m4s"
Files = Callable[[], set[str]]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


async def test_a_file_is_adopted_without_a_copy_and_outlives_its_scratch_folder(
    store: LocalStorage, root: Path, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    made = written(scratch / "0.m4s", b"segment")
    inode = made.stat().st_ino

    assert await store.adopt(KEY, made)
    shutil.rmtree(scratch)

    assert await store.read(KEY) == b"segment"
    assert (root / KEY).stat().st_ino == inode


async def test_the_second_one_is_turned_away_and_the_first_bytes_stay(
    store: LocalStorage, tmp_path: Path
) -> None:
    assert await store.adopt(KEY, written(tmp_path / "a", b"first"))

    assert not await store.adopt(KEY, written(tmp_path / "b", b"second"))
    assert await store.read(KEY) == b"first"


async def test_of_many_at_once_exactly_one_is_adopted(store: LocalStorage, tmp_path: Path) -> None:
    made = [written(tmp_path / str(n), str(n).encode()) for n in range(20)]

    async with asyncio.TaskGroup() as group:
        adopting = [group.create_task(store.adopt(KEY, path)) for path in made]

    winners = [n for n, task in enumerate(adopting) if task.result()]
    assert len(winners) == 1
    assert await store.read(KEY) == str(winners[0]).encode()


async def test_a_link_or_a_pipe_is_not_adopted(
    store: LocalStorage, files: Files, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")

    for name in ("link", "pipe"):
        with pytest.raises(OSError, match=r"symbolic|regular"):
            await store.adopt(KEY, tmp_path / name)
    assert files() == set()


async def test_a_link_or_a_pipe_that_slipped_in_is_no_object(
    store: LocalStorage, root: Path, tmp_path: Path
) -> None:
    """Without Landlock, a child could exchange its file while it is adopted."""
    secret = written(tmp_path / "secret", b"nobody's business")
    folder = (root / KEY).parent
    folder.mkdir(parents=True)
    (folder / "0.m4s").symlink_to(secret)
    os.mkfifo(folder / "1.m4s")

    for key in (KEY, KEY.replace("0.m4s", "1.m4s")):
        with pytest.raises(ObjectNotFound):
            await store.read(key)
        with pytest.raises(ObjectNotFound):
            await anext(store.get(key))


@pytest.fixture
def elsewhere(root: Path) -> Iterator[Path]:
    """A folder on another file system than the store's."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
    if folder.stat().st_dev == root.parent.stat().st_dev:
        folder.rmdir()
        pytest.skip("/dev/shm is on the store's file system")
    yield folder
    shutil.rmtree(folder)


async def test_a_file_of_another_file_system_is_copied_once(
    store: LocalStorage, files: Files, elsewhere: Path
) -> None:
    content = os.urandom(2_500_000)

    assert await store.adopt(KEY, written(elsewhere / "a", content))
    assert not await store.adopt(KEY, written(elsewhere / "b", b"late"))

    assert await store.read(KEY) == content
    assert files() == {KEY}
