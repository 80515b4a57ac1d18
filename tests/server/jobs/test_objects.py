"""What a grant opens, and for how long: by requests that show nothing else."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.http import signed
from server.jobs import NewJob, Objects, enqueue
from server.jobs.kinds import KINDS, JobKind
from server.settings import SETTINGS
from storage import keys
from tests.server.jobs.giving import MIB, NAME, Given, claimed, lapse, noise, sha256
from tests.server.tracks.studio import Person, Studio, wav
from tests.server.uploads.sending import Limited, files, until
from tests.small_disk import fill, mounted


@pytest.fixture
async def given(studio: Studio, marin: Person) -> Given:
    """The grant of Marin's ingest."""
    await marin.upload(wav(300_000, fill=7))
    return await claimed(studio)


async def test_the_original_is_read_by_nothing_but_the_grant(given: Given) -> None:
    answer = await given.get("original")

    assert (answer.status, answer.content_length) == (200, len(wav(300_000)))
    assert await answer.read() == wav(300_000, fill=7)
    assert (await given.head("original")).headers["Content-Length"] == str(len(wav(300_000)))


@pytest.mark.parametrize(("start", "status"), [(0, 206), (1, 206), (299_999, 206), (10**9, 416)])
async def test_reading_goes_on_where_it_broke_off(given: Given, start: int, status: int) -> None:
    content = wav(300_000, fill=7)

    answer = await given.get("original", Range=f"bytes={start}-")

    assert answer.status == status
    if status == 206:
        assert await answer.read() == content[start:]
        shown = f"bytes {start}-{len(content) - 1}/{len(content)}"
        assert answer.headers["Content-Range"] == shown


async def test_an_original_that_is_gone_is_said_in_a_word_of_its_own(given: Given) -> None:
    await given.studio.storage.delete(keys.original(given.track_id))

    answer = await given.get("original")

    assert answer.status == 404
    assert (await answer.json())["type"] == "urn:houle:problem:object-gone"


async def test_an_object_is_written_once(given: Given) -> None:
    assert (await given.put(b"first")).status == 201
    assert (await given.head()).status == 200

    assert (await given.put(b"second")).status == 200
    assert (await given.go_on(b"third", 0, 5)).status == 200

    assert given.stored().read_bytes() == b"first"


async def test_an_object_may_come_in_goes(given: Given) -> None:
    content = noise(900_000)

    first = await given.go_on(content[:500_000], 0, len(content))
    assert (first.status, first.headers["Upload-Offset"]) == (202, "500000")
    assert await given.offset() == 500_000
    assert not given.stored().exists()
    last = await given.go_on(content[500_000:], 500_000, len(content))

    assert last.status == 201
    assert sha256(given.stored().read_bytes()) == sha256(content)


async def test_a_body_that_breaks_off_in_the_middle_is_gone_on_with(given: Given) -> None:
    content = noise(6 * MIB)
    head = f"PUT {given.path(NAME)} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", given.studio.client.port)
    writer.write(head.encode() + content[: 4 * MIB])
    await writer.drain()

    async def has_come() -> bool:
        return await given.offset() >= 3 * MIB

    await until(has_come)
    writer.close()
    await writer.wait_closed()
    there = await given.offset()
    answer = await given.go_on(content[there:], there, len(content))
    while answer.status == 409:  # what was still on its way came
        there = int(answer.headers["Upload-Offset"])
        answer = await given.go_on(content[there:], there, len(content))

    assert answer.status == 201
    assert sha256(given.stored().read_bytes()) == sha256(content)


async def test_who_is_wrong_about_how_far_it_came_is_told(given: Given) -> None:
    await given.go_on(b"1234", 0, 9)

    for start in (0, 3, 5):
        answer = await given.go_on(b"x", start, 9)
        assert (answer.status, answer.headers["Upload-Offset"]) == (409, "4")

    assert await given.offset() == 4


async def test_an_object_whose_last_byte_came_without_an_answer_is_published_by_asking(
    given: Given,
) -> None:
    await given.go_on(b"1234", 0, 9)
    part = given.studio.storage.parts
    (row,) = await given.studio.sql("SELECT holder FROM jobs")
    name = f"{given.job['id']}/{given.job['token']}/{row.holder}/{NAME}"

    async def rest() -> AsyncIterator[bytes]:
        yield b"56789"

    await part.append(name, 4, rest())
    answer = await given.put(b"", **{"Content-Range": "bytes */9"})

    assert answer.status == 201
    assert given.stored().read_bytes() == b"123456789"


async def test_a_whole_body_starts_anew(given: Given) -> None:
    await given.go_on(b"1234", 0, 9)

    assert (await given.put(b"whole")).status == 201
    assert given.stored().read_bytes() == b"whole"


@pytest.mark.parametrize(
    "header",
    ["bytes 0-3/4", "bytes 0-4/5,", "bytes 4-0/9", "bytes 5-9/9", "bytes */5", "items 0-4/5"],
)
async def test_a_content_range_that_is_not_the_bodys_is_refused(given: Given, header: str) -> None:
    answer = await given.put(b"12345", **{"Content-Range": header})

    assert answer.status == 400
    assert not given.stored().exists()


async def test_a_compressed_body_is_refused(given: Given) -> None:
    assert (await given.put(b"\x1f\x8b", **{"Content-Encoding": "gzip"})).status in {400, 415}
    assert not given.stored().exists()


NAMES = [
    "../x",
    "../../../secret.key",
    "%2e%2e/x",
    "%2e%2e%2fx",
    "..%2fx",
    "r1/aac-128/../../cover",
    "r1/aac-128/%2e%2e/0.m4s",
    "r1//0.m4s",
    "r1/aac-128/0.m4s/",
    "r1/aac-128/0.mp4",
    "r\u0661/aac-128/0.m4s",
    "/etc/passwd",
    "cover",
    "a2/cover",
    "a1/cover%00",
    "a1/cover%0a",
    "a\u0661/cover",
    "a01/cover",
    "%ff",
    "other",
    ".transit/x",
]


async def test_names_that_the_job_does_not_make_are_refused(given: Given) -> None:
    before = {path: path.read_bytes() for path in files(given.studio)}

    for name in NAMES:
        for method in ("PUT", "GET"):
            target = f"{method} /internal/objects/{given.job['grant']}/{name} HTTP/1.1"
            status = await given.raw(target, b"harm" if method == "PUT" else b"")
            assert status in {400, 403, 404}, (method, name)

    assert {path: path.read_bytes() for path in files(given.studio)} == before


async def test_the_original_is_not_overwritten(given: Given) -> None:
    assert (await given.put(b"harm", "original")).status == 403
    assert (await given.go_on(b"harm", 0, 9, "original")).status == 403

    assert given.stored("original").read_bytes() == wav(300_000, fill=7)


async def test_what_is_made_is_not_read(given: Given) -> None:
    await given.put(b"made")

    assert (await given.get(NAME)).status == 403


async def test_a_forged_grant_opens_nothing(given: Given) -> None:
    secret = given.studio.app[SETTINGS].secret_key
    lease = [given.job["id"], given.job["token"], "embedded"]
    grant = str(given.job["grant"])
    forged = [
        signed.write(secret, "cursor", lease),
        signed.write(b"another secret of thirty-two byte", "grant", lease),
        grant[:-4] + ("AAAA" if grant[-4:] != "AAAA" else "BBBB"),
        ("B" if grant[0] != "B" else "C") + grant[1:],
        "x",
        "%ff",
    ]

    for each in forged:
        stranger = Given(given.studio, {**given.job, "grant": each})
        assert (await stranger.get("original")).status == 404
        assert (await stranger.put(b"harm")).status == 404

    assert not given.stored().exists()


async def test_a_grant_opens_its_own_track_alone(
    studio: Studio, marin: Person, ines: Person
) -> None:
    await marin.upload(wav(1000, fill=1))
    await ines.upload(wav(1000, fill=2))
    first, second = await claimed(studio), await claimed(studio, "worker-2")

    await first.put(b"first")

    assert await (await first.get("original")).read() == wav(1000, fill=1)
    assert await (await second.get("original")).read() == wav(1000, fill=2)
    assert not second.stored().exists()
    assert (await second.put(b"second")).status == 201
    assert first.stored().read_bytes() == b"first"


async def test_a_lease_that_is_over_opens_nothing(given: Given) -> None:
    await lapse(given.studio)

    answers = [
        await given.get("original"),
        await given.head(),
        await given.put(b"late"),
        await given.go_on(b"late", 0, 9),
    ]

    assert [answer.status for answer in answers] == [409] * 4
    assert "Upload-Offset" not in answers[1].headers
    assert not given.stored().exists()


async def test_a_finished_job_opens_nothing(given: Given) -> None:
    worker = given.studio.worker()
    worker.job = given.job
    await worker.finish()

    assert (await given.get("original")).status == 409
    assert (await given.put(b"late")).status == 409


async def test_a_zombie_whose_lease_goes_while_it_sends_publishes_nothing(given: Given) -> None:
    half, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"half "
        half.set()
        await go_on.wait()
        yield b"and half"

    sending = asyncio.create_task(given.put(slowly()))
    await half.wait()
    await lapse(given.studio)
    heir = await claimed(given.studio, "worker-2")
    go_on.set()

    assert (await sending).status == 409
    assert not given.stored().exists()
    assert await heir.offset() == 0
    assert (await heir.put(b"the heir's")).status == 201
    assert given.stored().read_bytes() == b"the heir's"


async def test_a_zombie_neither_goes_on_with_its_heirs_part_nor_the_heir_with_its(
    given: Given,
) -> None:
    await given.go_on(b"zombie", 0, 12)
    await lapse(given.studio)
    heir = await claimed(given.studio, "worker-2")

    assert await heir.offset() == 0
    assert (await heir.go_on(b"heir's", 0, 12)).status == 202
    assert (await given.go_on(b"zombie", 6, 12)).status == 409
    assert (await heir.go_on(b" file.", 6, 12)).status == 201

    assert given.stored().read_bytes() == b"heir's file."


async def test_a_zombie_does_not_overwrite(given: Given) -> None:
    await lapse(given.studio)
    heir = await claimed(given.studio, "worker-2")
    await heir.put(b"the heir's")

    assert (await given.put(b"the zombie's")).status == 409
    assert given.stored().read_bytes() == b"the heir's"


async def test_a_single_file_is_its_leases_own(given: Given) -> None:
    assert (await given.put(b"the zombie's", "a1/waveform.dat")).status == 201
    await lapse(given.studio)
    heir = await claimed(given.studio, "worker-2")

    assert (await heir.put(b"harm", "a1/waveform.dat")).status == 403
    assert (await heir.put(b"the heir's", "a2/waveform.dat")).status == 201
    assert (await given.put(b"harm", "a2/waveform.dat")).status == 409

    assert given.stored("a1/waveform.dat").read_bytes() == b"the zombie's"
    assert heir.stored("a2/waveform.dat").read_bytes() == b"the heir's"


async def parcel(studio: Studio, **limits: Any) -> Given:
    """A job that may make small things."""
    nothing = studio.app[KINDS]["ingest"]
    studio.app[KINDS]["parcel"] = JobKind(
        name="parcel",
        on_facts=nothing.on_facts,
        glimpses=frozenset(),
        on_glimpses=nothing.on_glimpses,
        on_finish=nothing.on_finish,
        on_fail=nothing.on_fail,
        on_pause=nothing.on_pause,
        on_retry=nothing.on_retry,
        objects=lambda job: Objects(
            folder=f"tracks/{job.id}", writes=re.compile(r"[a-z]+"), **limits
        ),
    )
    await studio.database.write(enqueue, NewJob(kind="parcel", pool="post", payload={}))
    given = await claimed(studio, pool="post")
    given.job["payload"]["track_id"] = given.job["id"]
    return given


async def test_an_object_has_a_limit_however_it_comes(studio: Studio) -> None:
    given = await parcel(studio, object_bytes=1000)

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield bytes(100)

    answers = [
        await given.put(bytes(1001), "a"),
        await given.put(unannounced(), "a"),
        await given.go_on(bytes(10), 0, 1001, "a"),
    ]

    assert [answer.status for answer in answers] == [413] * 3
    assert files(studio) == []
    assert (await given.put(bytes(1000), "a")).status == 201


async def test_all_that_a_lease_sends_has_a_limit(studio: Studio) -> None:
    given = await parcel(studio, lease_bytes=1000)

    assert (await given.put(bytes(600), "a")).status == 201
    assert (await given.put(bytes(600), "b")).status == 413
    assert [path.name for path in files(studio)] == ["a"]


async def test_a_full_disk_is_said_and_leaves_nothing(limited: Limited, tmp_path: Path) -> None:
    with mounted(tmp_path / "small", 8) as disk:
        studio = await limited(storage_url=f"file://{disk}")
        await (await studio.person()).upload(wav(1000))
        given = await claimed(studio)
        ballast = fill(disk)

        answer = await given.put(noise(2 * MIB))

        assert answer.status == 507
        ballast.unlink()
        assert await given.offset() == 0
        assert (await given.put(noise(2 * MIB))).status == 201


async def test_a_job_that_opens_nothing_opens_nothing(studio: Studio) -> None:
    await studio.database.write(enqueue, NewJob(kind="errand", pool="errands", payload={}))
    given = await claimed(studio, pool="errands")

    assert (await given.get("original")).status == 403
    assert (await given.put(b"x", "x")).status == 403


async def test_the_routes_are_not_in_the_public_document(studio: Studio) -> None:
    document = await (await studio.client.get("/api/openapi.json")).text()

    assert "internal/objects" not in document
