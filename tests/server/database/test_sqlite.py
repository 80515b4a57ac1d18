"""What only SQLite does: one writer for all processes, and files that are all there is."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from server.database import Database, DatabaseBusy, migrate, open_database
from server.database.sqlite_database import SqliteDatabase
from server.errors import DiskFull
from tests.server.database.notes import CREATE, add, count
from tests.server.write_lock import locked
from tests.small_disk import fill, mounted


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/notes.db")
    await opened.write(lambda connection: connection.execute(text(CREATE)))
    yield opened
    await opened.close()


async def test_a_read_sees_one_snapshot(notes: Database) -> None:
    begun, written = threading.Event(), threading.Event()

    def twice(connection: Connection) -> tuple[int, int]:
        first = count(connection)
        begun.set()
        written.wait(5)
        return first, count(connection)

    reading = asyncio.create_task(notes.read(twice))
    await asyncio.to_thread(begun.wait, 5)
    await notes.write(add, 1)
    written.set()

    assert await reading == (0, 0)


async def test_a_writer_waits_for_another_process(notes: Database) -> None:
    path = notes.url.removeprefix("sqlite:///")
    held = threading.Event()

    def hold() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO notes VALUES (100, '')")
        held.set()
        time.sleep(0.3)
        other.execute("COMMIT")
        other.close()

    holding = asyncio.create_task(asyncio.to_thread(hold))
    await asyncio.to_thread(held.wait, 5)
    await notes.write(add, 1)
    await holding

    assert await notes.read(count) == 2


async def test_a_lock_is_waited_for_beyond_sqlites_own_wait(notes: Database) -> None:
    hurried = SqliteDatabase(notes.url, busy_seconds=0.05)
    with locked(notes):
        writing = asyncio.create_task(hurried.write(add, 1))
        await asyncio.sleep(0.5)
        assert not writing.done()

    assert await writing == 1
    await hurried.close()


async def test_a_lock_that_is_held_for_too_long_is_said_and_passes(notes: Database) -> None:
    impatient = SqliteDatabase(notes.url, patience=0.3, busy_seconds=0.05)
    with locked(notes), pytest.raises(DatabaseBusy, match="Try again"):
        await impatient.write(add, 1)

    assert await impatient.write(add, 1) == 1
    await impatient.close()


async def test_a_full_disk_is_said_and_passes(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", 4) as folder:
        database = open_database(f"sqlite:///{folder}/x.db")
        await database.write(lambda connection: connection.execute(text(CREATE)))
        ballast = fill(folder)
        with pytest.raises(DiskFull, match="disk is full"):
            await database.write(add, 1, words="…" * 100_000)
        assert await database.read(count) == 0
        ballast.unlink()

        assert await database.write(add, 1) == 1
        assert await database.read(count) == 1
        await database.close()


async def test_an_acknowledged_commit_is_on_disk(notes: Database) -> None:
    async def pragma(name: str) -> object:
        return await notes.write(lambda connection: connection.scalar(text(f"PRAGMA {name}")))

    assert await pragma("synchronous") == 2  # FULL
    assert await pragma("journal_mode") == "wal"
    assert await pragma("foreign_keys") == 1


async def test_a_database_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a#b?c=%20d é"
    url = f"sqlite:///{folder}/x.db"
    await asyncio.to_thread(migrate, url)
    opened = open_database(url)

    assert await opened.write(lambda connection: connection.scalar(text("SELECT 1"))) == 1
    await opened.close()
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert (folder / "x.db").is_file()


async def test_a_closed_database_leaves_no_journal_behind(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path}/x.db")
    await opened.write(lambda connection: connection.execute(text("CREATE TABLE t (a INTEGER)")))
    await opened.close()

    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]
