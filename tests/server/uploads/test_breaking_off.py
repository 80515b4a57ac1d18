"""Uploads that break off, at every moment, leave a whole track or nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from server.app import create_app
from server.database.sqlite_database import SqliteDatabase
from server.media import STORAGE
from server.settings import SETTINGS
from server.uploads import UNLIMITED, Intake, UploadFields
from server.uploads.model import FileRefused
from server.uploads.routes import INTAKE
from storage import keys
from tests.server.tracks.studio import Person, Studio, body_of, wav
from tests.server.uploads.sending import (
    MIB,
    announced,
    files,
    nothing_is_left,
    on_its_way,
)
from tests.server.write_lock import locked


async def test_an_upload_cut_in_the_middle_leaves_nothing(studio: Studio, marin: Person) -> None:
    async with on_its_way(studio, marin, 3 * MIB):
        pass

    assert await nothing_is_left(studio)


@pytest.mark.engines("sqlite")  # its one lock is held
async def test_a_file_whose_sender_leaves_during_the_commit_stays_whole(
    studio: Studio, marin: Person
) -> None:
    intake = studio.app[INTAKE]
    received, lock_held = asyncio.Event(), asyncio.Event()

    async def send() -> None:
        async with intake.upload(marin.user_id, UNLIMITED, announced=None) as arriving:
            await arriving.receive("a.wav", body_of(wav()))
            received.set()
            await lock_held.wait()
            await arriving.commit(UploadFields())

    sending = asyncio.create_task(send())
    await received.wait()
    with locked(studio.database):
        lock_held.set()
        await asyncio.sleep(0.1)
        sending.cancel()
        await asyncio.sleep(0.1)
    await asyncio.wait({sending})

    (track,) = await studio.sql("SELECT id FROM tracks")
    assert await studio.storage.read(keys.original(track.id)) == wav()
    assert await studio.sql("SELECT * FROM unclaimed") == []


@pytest.mark.engines("sqlite")  # its one lock is held
async def test_why_a_file_was_refused_is_said_even_when_the_database_is_busy(
    studio: Studio, marin: Person
) -> None:
    impatient = SqliteDatabase(studio.database.url, patience=0, busy_seconds=0.05)
    intake = Intake(impatient, studio.storage, studio.app[SETTINGS])

    async def send(lock: contextlib.ExitStack) -> None:
        async with intake.upload(marin.user_id, UNLIMITED, announced=None) as arriving:
            lock.enter_context(locked(impatient))
            await arriving.receive("a.mp3", body_of(b"Dear listener, this is a letter."))

    with contextlib.ExitStack() as lock, pytest.raises(FileRefused, match="text"):
        await send(lock)

    await impatient.close()
    assert files(studio) == []
    assert await announced(studio, 1)  # the sweeper's, when it is due


@pytest.mark.engines("sqlite")  # its one lock is held
async def test_an_upload_to_a_busy_database_may_come_again(
    aiohttp_client: AiohttpClient, studio: Studio, marin: Person
) -> None:
    impatient = SqliteDatabase(studio.database.url, patience=0, busy_seconds=0.05)
    app = create_app(studio.app[SETTINGS], impatient, studio.storage)
    busy = Person(await aiohttp_client(app), marin.user_id, marin.name, marin.headers)

    with locked(impatient):
        refused = await busy.send(wav())

    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert (await busy.send(wav())).status == 202
    await impatient.close()


async def test_what_a_killed_server_left_of_an_upload_is_removed_when_it_is_due(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    debris = keys.original("01890000-0000-7000-8000-000000000000")

    async def content() -> AsyncIterator[bytes]:
        yield b"half a file"

    await studio.app[STORAGE].put(debris, content())
    await studio.sql(
        "INSERT INTO unclaimed (prefix, owner_id, bytes, due_at) VALUES (:prefix, :owner, 1, 0)",
        prefix=debris.rpartition("/")[0],
        owner=marin.user_id,
    )

    await studio.swept()

    assert [path.parent.name for path in files(studio)] == [track["id"]]
    assert await studio.sql("SELECT * FROM unclaimed") == []
