"""Reads see one snapshot, writes are whole, and other processes are waited for."""

import asyncio
import time

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.database import Database, now_ms
from tests.server.database.notes import CREATE, add, count


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
    with pytest.raises(DBAPIError, match=r"read-?only"):
        await notes.read(add, 1)
    with pytest.raises(DBAPIError, match=r"read-?only"):
        await notes.point(add, 1)


async def test_writes_of_many_tasks_all_arrive(notes: Database) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(notes.write(add, number))

    assert await notes.read(count) == 50


async def test_the_clock_is_the_databases_in_milliseconds(database: Database) -> None:
    before = time.time_ns() // 1_000_000
    told = await database.point(lambda connection: connection.scalar(select(now_ms())))
    after = time.time_ns() // 1_000_000

    assert told is not None
    assert before <= told <= after
