"""What only SQLite does: one writer for all processes, and files that are all there is."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from server.database import Database, DatabaseBusy, migrate, open_database
from server.database.sqlite_database import SqliteDatabase
from server.errors import DiskFull
from tests.server.database.notes import CREATE, add, count, numbers
from tests.server.write_lock import locked
from tests.small_disk import fill, mounted

ROOT = Path(__file__).parents[3]
OWED = "CREATE TABLE owed (note INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)"
WRITE_ON = """
import asyncio, sys
from itertools import count
from sqlalchemy import text
from server.database import open_database
from tests.server.database.notes import CREATE, add, highest

async def write_on(database, numbers):
    for number in numbers:
        await database.write(add, number)
        print(number, flush=True)

async def main():
    database = open_database(sys.argv[1])
    await database.write(lambda c: c.execute(text(CREATE.replace("TABLE", "TABLE IF NOT EXISTS"))))
    numbers = count(await database.read(highest) + 1)
    async with asyncio.TaskGroup() as group:
        for _ in range(30):
            group.create_task(write_on(database, numbers))

asyncio.run(main())
"""


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


async def together(
    notes: Database, changes: Sequence[Callable[[Connection], object]]
) -> list[object]:
    """Have them wait for the writer at the same moment; return what each gives or raises."""
    with locked(notes):
        tasks = [asyncio.create_task(notes.write(change)) for change in changes]
        await asyncio.sleep(0.2)
    await asyncio.wait(tasks)
    return [task.exception() or task.result() for task in tasks]


async def transactions(notes: Database) -> int:
    """Return how many were committed in the journal since it began anew."""
    wal = Path(notes.url.removeprefix("sqlite:///") + "-wal").read_bytes()
    size = int.from_bytes(wal[8:12], "big") + 24
    frames = [wal[at : at + 8] for at in range(32, len(wal), size)]
    return sum(frame[4:] != bytes(4) for frame in frames)  # the last of each says the file's size


async def test_changes_that_wait_at_the_same_moment_share_a_commit(notes: Database) -> None:
    before = await transactions(notes)

    made = await together(notes, [partial(add, number=number) for number in range(20)])

    assert made == list(range(20))
    assert await notes.read(count) == 20
    assert await transactions(notes) - before <= 2


async def test_a_change_that_fails_beside_others_leaves_nothing_and_alone_hears_of_it(
    notes: Database,
) -> None:
    def doubled(connection: Connection) -> None:
        add(connection, 50)
        add(connection, 50)

    failing: list[Callable[[Connection], object]] = [partial(add, number=40, fail=True), doubled]

    first, wrong, double, last = await together(
        notes, [partial(add, number=1), *failing, partial(add, number=2)]
    )

    assert (first, last) == (1, 2)
    assert isinstance(wrong, ValueError)
    assert isinstance(double, IntegrityError)
    assert await notes.read(numbers) == [1, 2]


async def test_a_change_that_breaks_the_transaction_of_others_takes_none_along(
    notes: Database,
) -> None:
    def breaking(connection: Connection) -> None:
        add(connection, 40)
        connection.execute(text("INSERT OR ROLLBACK INTO notes VALUES (40, 'again')"))

    first, broken, last = await together(
        notes, [partial(add, number=1), breaking, partial(add, number=2)]
    )

    assert (first, last) == (1, 2)
    assert isinstance(broken, IntegrityError)
    assert await notes.read(numbers) == [1, 2]


async def test_a_commit_that_fails_is_heard_of_by_all_who_shared_it(notes: Database) -> None:
    await notes.write(lambda c: c.execute(text(OWED)))

    def owing(connection: Connection) -> None:
        connection.execute(text("INSERT INTO owed VALUES (99)"))

    first, second = await together(notes, [partial(add, number=1), owing])

    assert isinstance(first, IntegrityError)
    assert isinstance(second, IntegrityError)
    assert await notes.read(count) == 0
    assert await notes.write(add, 2) == 2


async def test_nobody_is_answered_before_the_commit(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    for _ in range(3):
        command = [sys.executable, "-c", WRITE_ON, url]
        writing = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert writing.stdout is not None
        told = [writing.stdout.readline() for _ in range(200)]
        writing.kill()
        told += writing.communicate()[0].splitlines(keepends=True)
        answered = {int(line) for line in told if line.endswith("\n")}

        reopened = open_database(url)
        kept = set(await reopened.read(numbers))
        await reopened.close()

        assert len(answered) >= 200
        assert answered <= kept


async def test_a_change_that_nobody_waits_for_any_more_is_not_begun(notes: Database) -> None:
    with locked(notes):
        first = asyncio.create_task(notes.write(add, 1))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(notes.write(add, 2))
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.wait({second})
    await first

    assert await notes.read(numbers) == [1]


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
