"""What the worker leaves for `/health`, whatever the disk has to say."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from server import worker_note
from tests.small_disk import fill, mounted


@contextlib.asynccontextmanager
async def kept(note: Path, sandbox: str) -> AsyncIterator[asyncio.Task[None]]:
    keeping = asyncio.create_task(worker_note.keep(note, lambda: sandbox))
    await asyncio.sleep(0)
    yield keeping
    keeping.cancel()
    await asyncio.wait({keeping})


def age(note: Path) -> None:
    os.utime(note, (0, 0))


async def test_a_full_disk_does_not_end_the_worker(tmp_path: Path) -> None:
    with mounted(tmp_path / "run", 1) as folder:
        fill(folder)

        async with kept(folder / "worker.json", "full") as keeping:
            assert not keeping.done()

        assert worker_note.read(folder / "worker.json") is None


async def test_a_worker_looks_alive_while_the_disk_is_full(tmp_path: Path) -> None:
    with mounted(tmp_path / "run", 1) as folder:
        note = folder / "worker.json"
        async with kept(note, "full"):
            fill(folder)
        age(note)
        assert worker_note.read(note) is None

        async with kept(note, "full"):
            assert worker_note.read(note) == "full"


async def test_a_note_of_another_life_is_written_anew(tmp_path: Path) -> None:
    note = tmp_path / "worker.json"
    async with kept(note, "partial: no landlock"):
        pass

    async with kept(note, "full"):
        assert worker_note.read(note) == "full"


async def test_a_sandbox_that_loses_a_layer_later_is_noted(tmp_path: Path) -> None:
    note = tmp_path / "worker.json"
    levels = iter(["full"])
    keeping = worker_note.keep(note, lambda: next(levels, "partial: no landlock"), every=0.001)
    running = asyncio.create_task(keeping)

    async with asyncio.timeout(5):
        while worker_note.read(note) != "partial: no landlock":  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.001)

    running.cancel()
    await asyncio.wait({running})
