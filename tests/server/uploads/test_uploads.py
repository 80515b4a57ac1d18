"""Files come in by a form, whole and once, or not at all."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

from storage import keys
from tests.server.tracks.studio import Person, Studio, wav
from tests.server.uploads.sending import (
    BOUNDARY,
    Form,
    Limited,
    announced,
    form,
    nothing_is_left,
    post,
    until,
)


async def test_a_file_becomes_a_track_that_waits_for_its_work(
    studio: Studio, marin: Person
) -> None:
    content = wav(300_000, fill=7)

    response = await marin.send(content, name="Ebb.wav", visibility="unlisted", album="Tides")

    track = await response.json()
    assert response.status == 202
    assert response.headers["Location"] == f"/api/v1/tracks/{track['id']}"
    assert (track["state"], track["stage"], track["playable"]) == ("processing", "received", False)
    assert (track["title"], track["album"], track["visibility"]) == ("Ebb", "Tides", "unlisted")
    assert (track["file_name"], track["size_bytes"]) == ("Ebb.wav", len(content))
    assert track["owner"] == {"id": marin.user_id, "username": "Marin"}
    assert await studio.storage.read(keys.original(track["id"])) == content
    job = await studio.worker().claim()
    assert job is not None
    assert job["payload"] == {
        "track_id": track["id"],
        "file_name": "Ebb.wav",
        "container": "wav",
        "target_lufs": -14.0,
        "ceiling_dbtp": -1.0,
    }
    assert await studio.sql("SELECT * FROM unclaimed") == []


async def test_fields_may_stand_behind_the_file(studio: Studio, marin: Person) -> None:
    body = form(("file", wav(), "a.wav"), ("title", b"Behind", None), ("artist", b"", None))

    track = await (await post(marin, body)).json()

    assert (track["title"], track["artist"]) == ("Behind", None)


async def test_a_body_of_unknown_length_comes_in_by_pieces(studio: Studio, marin: Person) -> None:
    content = form(("title", b"Piece by piece", None), ("file", wav(500_000), "long.wav"))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    response = await post(marin, pieces())

    track = await response.json()
    assert (response.status, track["size_bytes"]) == (202, len(wav(500_000)))


async def test_bytes_that_look_like_a_boundary_stay_in_the_file(
    studio: Studio, marin: Person
) -> None:
    content = wav() + b"\r\n--swel\r\n-swell\r\n\r\n--" * 3

    track = await (await post(marin, form(("file", content, "tricky.wav")))).json()

    stored = await studio.storage.read(keys.original(track["id"]))
    assert hashlib.sha256(stored).digest() == hashlib.sha256(content).digest()


NAMES = {
    "plain.wav": "plain.wav",
    "../../etc/passwd.wav": "passwd.wav",
    "C:\\\\Music\\\\wave.wav": "wave.wav",  # quotes and backslashes are escaped in a header
    "Été à la mer.wav": "Été à la mer.wav",
    "%22quoted%22.wav": '"quoted".wav',
    "bell%07.wav": "bell.wav",
    "": "untitled",
    "n" * 400 + ".wav": "n" * 251 + ".wav",
}


async def test_file_names_are_shown_without_what_could_harm(marin: Person) -> None:
    for given, shown in NAMES.items():
        response = await post(marin, form(("file", wav(), given)))

        assert (await response.json())["file_name"] == shown


REFUSED: list[tuple[str, Form, int, str]] = [
    ("no file", [("title", b"x", None)], 422, "no file"),
    ("two files", [("file", wav(), "a.wav"), ("file", wav(), "b.wav")], 422, "one file"),
    ("unknown field", [("file", wav(), "a.wav"), ("titel", b"x", None)], 422, "titel"),
    ("a field twice", [("title", b"x", None), ("title", b"y", None)], 422, "twice"),
    ("bad visibility", [("visibility", b"secret", None), ("file", wav(), "a")], 422, "visibility"),
    ("title too long", [("file", wav(), "a"), ("title", b"x" * 301, None)], 422, "title"),
    ("field too long", [("file", wav(), "a"), ("title", b"x" * 9000, None)], 422, "too long"),
    ("title is no text", [("file", wav(), "a"), ("title", b"\xff\xfe", None)], 422, "UTF-8"),
    ("empty file", [("file", b"", "a.mp3")], 422, "empty"),
    ("a letter", [("file", b"Dear listener, this is a letter.\n" * 9, "a.mp3")], 415, "text"),
    ("a playlist", [("file", b"#EXTM3U\nfile:///etc/passwd\n", "a.mp3")], 415, "playlist"),
    ("noise", [("file", bytes(range(256)) * 64, "a.flac")], 415, "not a sound"),
]


async def test_what_cannot_become_a_track_is_refused_in_words_and_leaves_nothing(
    studio: Studio, marin: Person
) -> None:
    for name, parts, status, words in REFUSED:
        response = await post(marin, form(*parts))

        problem = await response.json()
        assert (response.status, response.content_type) == (status, "application/problem+json")
        assert words in problem["detail"], name
        assert await nothing_is_left(studio), name


PLAIN = "multipart/form-data"
NO_FORMS: list[tuple[str, bytes, int]] = [
    ("application/json", b"{}", 415),
    ("audio/wav", wav(), 415),
    (PLAIN, form(("file", wav(), "a.wav")), 400),
    (f"{PLAIN}; boundary={'x' * 71}", form(("file", wav(), "a.wav")), 400),
    (f"{PLAIN}; boundary={BOUNDARY}", b"no form at all", 400),
    (f"{PLAIN}; boundary={BOUNDARY}", b"", 400),
    (f"{PLAIN}; boundary={BOUNDARY}", form(("file", wav(), "a.wav"), end=False), 400),
]


async def test_what_is_no_form_is_refused_and_leaves_nothing(studio: Studio, marin: Person) -> None:
    for content_type, body, status in NO_FORMS:
        response = await post(marin, body, content_type)

        assert response.status == status, content_type
        assert await nothing_is_left(studio)


async def test_a_compressed_body_is_refused_before_it_swells(studio: Studio, marin: Person) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Encoding": "gzip"}

    response = await marin.request("POST", "/api/v1/tracks", data=b"\x1f\x8b", headers=headers)

    assert response.status in {400, 415}
    assert await nothing_is_left(studio)


async def test_a_guest_uploads_nothing(studio: Studio) -> None:
    guest = Person(studio.client, "", "", {})

    assert (await guest.send(wav())).status == 401


async def test_a_file_above_the_limit_is_refused_with_the_limit_named(limited: Limited) -> None:
    studio = await limited(upload_limit=100_000)
    marin = await studio.person()

    refusals = [await marin.send(wav(200_000)), await marin.send(wav(2_500_000))]

    for response in refusals:
        assert response.status == 413
        assert "97.66 KiB" in (await response.json())["detail"]
    assert await nothing_is_left(studio)
    assert (await marin.send(wav(90_000))).status == 202


async def test_a_quota_counts_all_files_of_one_user(limited: Limited) -> None:
    studio = await limited(user_quota=100_000)
    marin, ines = await studio.person("Marin"), await studio.person("Ines")
    track = await marin.upload(wav(60_000))

    refusal = await marin.send(wav(60_000))

    assert refusal.status == 413
    assert (await refusal.json())["type"] == "urn:houle:problem:quota-reached"
    assert (await ines.send(wav(60_000))).status == 202
    await marin.request("DELETE", f"/api/v1/tracks/{track['id']}")
    assert (await marin.send(wav(60_000))).status == 202


async def test_four_files_of_one_user_may_come_at_once(studio: Studio, marin: Person) -> None:
    whole = form(("file", wav(), "slow.wav"))
    release = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield whole[:200]
        await release.wait()
        yield whole[200:]

    async with asyncio.TaskGroup() as group:
        slow = [group.create_task(post(marin, slowly())) for _ in range(4)]
        await until(lambda: announced(studio, 4))
        fifth = await marin.send(wav())
        release.set()

    assert fifth.status == 429
    assert int(fifth.headers["Retry-After"]) > 0
    assert [task.result().status for task in slow] == [202] * 4


async def test_the_same_file_twice_is_a_track_of_its_own_and_says_so(
    studio: Studio, marin: Person, ines: Person
) -> None:
    first, second = await marin.upload(), await marin.upload(name="again.wav")
    other = await ines.upload()

    assert first["duplicate_of"] is None
    assert second["duplicate_of"] == first["id"]
    assert other["duplicate_of"] is None
    await marin.request("DELETE", f"/api/v1/tracks/{first['id']}")
    assert (await marin.track(second["id"]))["duplicate_of"] is None
