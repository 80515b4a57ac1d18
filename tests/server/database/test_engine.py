"""Reads see one snapshot, writes are whole, and other processes are waited for."""

import asyncio
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, column, insert, select, table, text
from sqlalchemy.dialects import registry
from sqlalchemy.exc import IntegrityError, OperationalError

from server.database import Database, DatabaseBusy, migrate, now_ms
from server.errors import DiskFull
from tests.server.write_lock import locked
from tests.small_disk import fill, mounted

CREATE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"
NOTES = table("notes", column("id"), column("text"))


def count(connection: Connection) -> int:
    return len(connection.execute(select(NOTES.c.id)).all())


def add(connection: Connection, number: int, *, fail: bool = False, words: str = "…") -> int:
    connection.execute(insert(NOTES).values(id=number, text=words))
    if fail:
        raise ValueError("after the insert")
    return number


@pytest.fixture
async def notes(database: Database) -> Database:
    await database.write(lambda connection: connection.execute(text(CREATE)))
    return database


async def test_what_was_written_is_read_by_every_way(notes: Database) -> None:
    assert await notes.write(add, 1) == 1
    assert await notes.read(count) == 1
    assert await notes.point(count) == 1


async def test_a_change_that_fails_leaves_nothing(notes: Database) -> None:
    with pytest.raises(ValueError, match="after the insert"):
        await notes.write(add, 1, fail=True)
    with pytest.raises(IntegrityError):
        await notes.write(lambda connection: [add(connection, 2), add(connection, 2)])

    assert await notes.read(count) == 0


async def test_a_read_cannot_write(notes: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await notes.read(add, 1)
    with pytest.raises(OperationalError, match="readonly"):
        await notes.point(add, 1)


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


async def test_writes_of_many_tasks_all_arrive(notes: Database) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(notes.write(add, number))

    assert await notes.read(count) == 50


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
    hurried = Database(notes.url, busy_seconds=0.05)
    with locked(notes):
        writing = asyncio.create_task(hurried.write(add, 1))
        await asyncio.sleep(0.5)
        assert not writing.done()

    assert await writing == 1
    await hurried.close()


async def test_a_lock_that_is_held_for_too_long_is_said_and_passes(notes: Database) -> None:
    impatient = Database(notes.url, patience=0.3, busy_seconds=0.05)
    with locked(notes), pytest.raises(DatabaseBusy, match="Try again"):
        await impatient.write(add, 1)

    assert await impatient.write(add, 1) == 1
    await impatient.close()


async def test_a_full_disk_is_said_and_passes(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", 4) as folder:
        database = Database(f"sqlite:///{folder}/x.db")
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


async def test_the_clock_is_the_databases_in_milliseconds(database: Database) -> None:
    before = time.time_ns() // 1_000_000
    told = await database.point(lambda connection: connection.scalar(select(now_ms())))
    after = time.time_ns() // 1_000_000

    assert told is not None
    assert before <= told <= after


def test_the_clock_speaks_postgresql_too() -> None:
    spoken = str(select(now_ms()).compile(dialect=registry.load("postgresql")()))

    assert "clock_timestamp()" in spoken


async def test_a_database_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a#b?c=%20d é"
    url = f"sqlite:///{folder}/x.db"
    await asyncio.to_thread(migrate, url)
    opened = Database(url)

    assert await opened.write(lambda connection: connection.scalar(text("SELECT 1"))) == 1
    await opened.close()
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert (folder / "x.db").is_file()


async def test_a_closed_database_leaves_no_journal_behind(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path}/x.db")
    await opened.write(lambda connection: connection.execute(text("CREATE TABLE t (a INTEGER)")))
    await opened.close()

    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]
