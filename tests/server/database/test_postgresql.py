"""What only PostgreSQL does: a server that may be away, and writers side by side."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import Connection, text

from server.database import Database, DatabaseAway, DatabaseBusy, migrate, row_locking
from server.database.migrate import DatabaseUnreachable
from server.database.postgresql import DirectAddressUnclear, TlsRequired, direct_options, engine
from server.database.postgresql_database import PostgresqlDatabase
from tests.ports import free_port
from tests.postgresql import PostgresqlServer, postgresql_server
from tests.server.database.notes import CREATE, add, count


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    with postgresql_server() as started:
        yield started


@pytest.fixture
async def notes(server: PostgresqlServer) -> AsyncIterator[Database]:
    server.run("DROP DATABASE IF EXISTS notes WITH (FORCE)", "CREATE DATABASE notes")
    opened = PostgresqlDatabase(server.url("notes"))
    await opened.write(lambda connection: connection.execute(text(CREATE)))
    yield opened
    await opened.close()


async def test_a_read_sees_one_snapshot(notes: Database) -> None:
    def twice(connection: Connection) -> tuple[int, int]:
        first = count(connection)
        connection.execute(text("SELECT pg_sleep(0.5)"))
        return first, count(connection)

    reading = asyncio.create_task(notes.read(twice))
    await asyncio.sleep(0.2)
    await notes.write(add, 1)

    assert await reading == (0, 0)


async def test_writers_that_judge_by_what_others_change_are_run_one_after_the_other(
    notes: Database,
) -> None:
    """Each reads the count and writes it down: side by side two would write the same."""

    def next_one(connection: Connection) -> int:
        return add(connection, count(connection) + 1)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(notes.write(next_one)) for _ in range(20)]

    assert sorted(task.result() for task in tasks) == list(range(1, 21))


async def test_a_change_that_locks_its_rows_waits_and_is_run_once(notes: Database) -> None:
    await notes.write(add, 1, words="0")
    runs: list[int] = []

    @row_locking
    def increase(connection: Connection) -> None:
        runs.append(1)
        connection.execute(
            text("UPDATE notes SET text = CAST(CAST(text AS INTEGER) + 1 AS TEXT) WHERE id = 1")
        )

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(notes.write(increase))

    assert len(runs) == 20
    told = await notes.point(lambda connection: connection.scalar(text("SELECT text FROM notes")))
    assert told == "20"


async def test_changes_that_never_fit_are_given_up(server: PostgresqlServer) -> None:
    server.run("DROP DATABASE IF EXISTS notes WITH (FORCE)", "CREATE DATABASE notes")
    impatient = PostgresqlDatabase(server.url("notes"), patience=0.2)

    def collide(connection: Connection) -> None:
        connection.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

    with pytest.raises(DatabaseBusy, match="Try again"):
        await impatient.write(collide)
    await impatient.close()


async def test_a_change_whose_waiter_is_cancelled_is_made_whole(notes: Database) -> None:
    def slowly(connection: Connection) -> None:
        add(connection, 1)
        connection.execute(text("SELECT pg_sleep(0.3)"))

    writing = asyncio.create_task(notes.write(slowly))
    await asyncio.sleep(0.1)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert await notes.read(count) == 1


async def test_more_than_the_pool_holds_wait_their_turn_and_not_for_ever(
    server: PostgresqlServer, notes: Database
) -> None:
    narrow = PostgresqlDatabase(notes.url, patience=0.3, size=1, overflow=0)

    def doze(connection: Connection, seconds: float) -> None:
        connection.execute(text(f"SELECT pg_sleep({seconds})"))

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(narrow.read(doze, 0.05))
    dozing = asyncio.create_task(narrow.read(doze, 1))
    await asyncio.sleep(0.05)
    with pytest.raises(DatabaseBusy, match="no connection left"):
        await narrow.point(count)
    await dozing
    await narrow.close()


async def test_a_server_that_goes_away_is_said_and_comes_back(
    server: PostgresqlServer, notes: Database
) -> None:
    await notes.write(add, 1)
    await asyncio.to_thread(server.stop, gracefully=False)
    for _ in range(2):
        with pytest.raises(DatabaseAway, match="cannot be reached"):
            await notes.write(add, 2)

    server.start()  # from this thread: it ends with the one that starts it

    assert await notes.write(add, 2) == 2
    assert await notes.read(count) == 2


async def test_a_connection_that_was_idle_for_long_is_not_used_again(
    notes: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backend(connection: Connection) -> object:
        return connection.scalar(text("SELECT pg_backend_pid()"))

    first = await notes.point(backend)
    assert await notes.point(backend) == first
    monkeypatch.setattr("server.database.postgresql.IDLE_SECONDS", 0.0)

    assert await notes.point(backend) != first


async def test_behind_pgbouncer_no_statement_outlives_its_transaction(notes: Database) -> None:
    pooled = PostgresqlDatabase(f"{notes.url}?pgbouncer=true", size=1, overflow=0)
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE 'houle%'"
    for number in range(3):
        await pooled.write(add, number)

    assert await pooled.read(count) == 3
    assert await pooled.read(lambda connection: connection.scalar(text(prepared))) == 0
    await pooled.close()


def test_a_direct_address_is_another_way_to_the_same_database() -> None:
    url = "postgresql+asyncpg://houle:secret@127.0.0.1:6432/houle?ssl=require&pgbouncer=true"

    assert direct_options(url) is None
    direct = direct_options(f"{url}&direct=[::1]:5432")

    assert direct == {
        "host": "::1",
        "port": 5432,
        "user": "houle",
        "password": "secret",
        "database": "houle",
        "ssl": "require",
        "timeout": 5.0,
    }


@pytest.mark.parametrize("direct", ["db.example", "db.example:", ":5432", "db.example:pg"])
def test_a_direct_address_that_is_none_stops_the_start(direct: str) -> None:
    url = f"postgresql+asyncpg://houle@127.0.0.1/houle?pgbouncer=true&direct={direct}"

    with pytest.raises(DirectAddressUnclear, match="host:port"):
        migrate(url)


@pytest.mark.parametrize("mode", ["disable", "prefer"])
def test_a_password_crosses_no_network_in_the_clear(mode: str) -> None:
    with pytest.raises(TlsRequired, match="needs TLS"):
        engine(f"postgresql+asyncpg://houle:secret@db.example.org/houle?ssl={mode}", patience=1)


def test_an_address_at_which_nobody_answers_is_said_without_the_password() -> None:
    url = f"postgresql+asyncpg://houle:secret@127.0.0.1:{free_port()}/houle"

    with pytest.raises(DatabaseUnreachable) as told:
        migrate(url)

    assert "cannot be reached" in str(told.value)
    assert "secret" not in str(told.value)
