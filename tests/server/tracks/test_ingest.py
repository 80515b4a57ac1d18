"""What a worker reports becomes the track that people see."""

from typing import Any

import pytest

from server.jobs import LEASES
from storage import ObjectNotFound, keys
from tests.server.tracks.studio import (
    GRID,
    Person,
    Studio,
    analysed,
    body_of,
    finished,
    made,
    probed,
    started,
)
from transcoder.reports import Progress, to_json


async def test_tags_fill_what_the_form_left_out_and_nothing_else(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload(title="My title")
    worker = studio.worker()
    await worker.claim()

    await worker.report(probed())

    shown = await marin.track(track["id"])
    assert (shown["title"], shown["artist"]) == ("My title", "The Tides")
    assert (shown["state"], shown["stage"]) == ("processing", "analysing")
    assert (shown["sample_rate"], shown["lossless"], shown["codec"]) == (44100, True, "pcm_s16le")


async def test_without_tags_a_track_is_called_like_its_file(studio: Studio, marin: Person) -> None:
    track = await marin.upload(name="Vent d'ouest.wav")

    assert track["title"] == "Vent d'ouest"


async def test_a_whole_ingest_makes_a_track_ready(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin)

    track = await marin.track(track_id)

    assert (track["state"], track["stage"], track["revision"]) == ("ready", "ready", 1)
    assert track["playable"] is True
    assert track["duration_ms"] == 15_000
    assert track["loudness"]["gain_db"] == -4.2
    assert [each["rung"] for each in track["renditions"]] == ["aac-64", "aac-128", "flac"]
    assert all(each["finished"] for each in track["renditions"])
    assert track["renditions"][1]["peak_bandwidth"] == 132_000
    assert track["urls"]["lossless"]
    assert track["error"] is None


async def test_the_owner_hears_the_preview_before_anybody_else(
    studio: Studio, marin: Person, ines: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    await worker.begin("aac-128", 0, known=False)
    await worker.make("aac-128", 0, 0)

    assert (await marin.track(track["id"]))["playable"] is True
    assert (await ines.track(track["id"]))["playable"] is False


async def test_everybody_hears_it_once_the_default_rung_of_revision_one_begins(
    studio: Studio, marin: Person, ines: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    await worker.analyse("aac-64", "aac-128")
    await worker.begin("aac-64")
    await worker.make("aac-64", 0)
    assert (await ines.track(track["id"]))["playable"] is False

    await worker.begin("aac-128")
    await worker.make("aac-128", 0)

    shown = await ines.track(track["id"])
    assert (shown["playable"], shown["revision"], shown["stage"]) == (True, 1, "playable")
    assert shown["state"] == "processing"


async def test_it_is_ready_once_the_default_rung_is_whole(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.begin("aac-128", 0, known=False)
    await worker.make("aac-128", 0, 0)
    await worker.report(probed())
    await worker.analyse("aac-64", "aac-128")
    await worker.begin("aac-64")
    await worker.complete("aac-128")

    shown = await marin.track(track["id"])
    assert (shown["state"], shown["stage"], shown["revision"]) == ("ready", "ready", 1)
    assert [(e["rung"], e["finished"]) for e in shown["renditions"]] == [
        ("aac-64", False),
        ("aac-128", True),
    ]


async def test_a_second_attempt_takes_nothing_back_from_a_track_that_is_ready(
    studio: Studio, marin: Person, ines: Person
) -> None:
    track = await marin.upload()
    first = studio.worker()
    await first.claim()
    await first.report(probed())
    await first.analyse("aac-64", "aac-128")
    await first.complete("aac-128")
    await first.tell("release")

    second = studio.worker("worker-2")
    await second.claim()
    await second.report(probed())
    await second.begin("aac-128", 0, known=False)
    await second.make("aac-128", 0, 0)
    await second.analyse("aac-64", "aac-128")
    await second.begin("aac-64")
    shown = await ines.track(track["id"])
    assert (shown["state"], shown["stage"], shown["playable"]) == ("ready", "ready", True)

    await second.complete("aac-64")
    await second.finish()

    assert {row.revision for row in await studio.sql("SELECT revision FROM renditions")} == {1}


async def test_where_there_is_no_aac_128_the_best_lossy_rung_is_the_default(
    studio: Studio, marin: Person
) -> None:
    track_id = await studio.ready(marin, "aac-64")

    assert (await marin.track(track_id))["state"] == "ready"


async def test_a_second_attempt_counts_nothing_twice(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    first = studio.worker()
    await first.claim()
    await first.report(probed())
    await first.analyse("aac-128")
    await first.begin("aac-128")
    for n in range(2):
        await first.make("aac-128", n)
    before = (await marin.track(track["id"]))["renditions"][0]
    await first.tell("release")

    second = studio.worker("worker-2")
    await second.claim()
    await second.report(probed(duration_ms=99_999))
    await second.analyse("aac-128")
    await second.report(started("aac-128"), made("aac-128", 0))

    after = await marin.track(track["id"])
    assert after["renditions"][0] == before
    assert (before["made"], before["segments"]) == (2, GRID.count)
    assert after["duration_ms"] == 15_000
    assert after["playable"] is True


async def test_a_later_revision_takes_the_place_of_the_first(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    await worker.analyse("aac-128", "flac")
    await worker.complete("flac")
    await worker.complete("aac-128")
    await worker.begin("aac-128", 2)
    assert (await marin.track(track["id"]))["revision"] == 1  # until the second is whole
    await worker.complete("aac-128", 2)
    await worker.finish()

    shown = await marin.track(track["id"])

    assert shown["revision"] == 2
    assert [(each["rung"], each["revision"]) for each in shown["renditions"]] == [
        ("aac-128", 2),
        ("flac", 1),
    ]


async def test_a_file_that_cannot_be_played_says_why(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()

    await worker.tell(
        "fail", code="no_sound", message="There is no sound in this file.", retryable=False
    )

    shown = await marin.track(track["id"])
    assert (shown["state"], shown["stage"], shown["playable"]) == ("failed", "failed", False)
    assert shown["error"] == {"code": "no_sound", "message": "There is no sound in this file."}


async def test_the_fourth_loss_of_a_worker_fails_the_track(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    worker = studio.worker()
    for attempt in range(1, 5):
        await studio.sql("UPDATE jobs SET run_at = 0")
        job = await worker.claim()
        assert job is not None
        assert job["attempt"] == attempt
        assert (await marin.track(track["id"]))["state"] == "processing"
        await studio.sql("UPDATE jobs SET lease_until = lease_until - 60000")
        await studio.app[LEASES].reap()

    shown = await marin.track(track["id"])
    assert (shown["state"], shown["error"]["code"]) == ("failed", "worker_lost")
    assert len(shown["error"]["message"]) > 20


async def test_what_plays_to_its_end_stays_when_the_rest_fails(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    await worker.analyse("aac-64", "aac-128")
    await worker.complete("aac-128")
    await worker.begin("aac-64")
    await worker.make("aac-64", 0)

    await worker.tell("fail", code="crashed", message="It broke off.", retryable=False)

    shown = await marin.track(track["id"])
    assert (shown["state"], shown["error"]) == ("ready", None)
    assert [each["rung"] for each in shown["renditions"]] == ["aac-128"]
    assert shown["notes"]
    await studio.sql("UPDATE unclaimed SET due_at = 0")
    await studio.swept()
    with pytest.raises(ObjectNotFound):
        await studio.storage.size(keys.segment(track["id"], 1, "aac-64", 0))
    assert await studio.storage.size(keys.segment(track["id"], 1, "aac-128", 0))


async def test_the_preview_is_cleared_away_in_the_end(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.begin("aac-128", 0, known=False)
    await worker.make("aac-128", 0, 0)
    await worker.report(probed())
    await worker.analyse("aac-128")
    await worker.complete("aac-128")
    await worker.finish()
    key = keys.segment(track["id"], 0, "aac-128", 0)
    assert await studio.storage.size(key)

    await studio.sql("UPDATE unclaimed SET due_at = 0")
    await studio.swept()

    with pytest.raises(ObjectNotFound):
        await studio.storage.size(key)
    assert await studio.storage.size(keys.segment(track["id"], 1, "aac-128", 0))


async def cover(person: Person, track_id: str) -> bytes:
    response = await person.get(f"/api/v1/tracks/{track_id}/cover")
    return await response.read() if response.status == 200 else b""


async def test_a_single_file_is_the_attempts_that_told_of_it_last(
    studio: Studio, marin: Person
) -> None:
    track_id = (await marin.upload())["id"]
    first = studio.worker()
    await first.claim()
    await first.keep("cover", b"of the first")
    await first.report(probed(cover="cover", cover_type="image/png"))
    assert await cover(marin, track_id) == b"of the first"
    await first.tell("release")

    second = studio.worker("worker-2")
    await second.claim()
    await second.keep("cover", b"of the second")
    assert await cover(marin, track_id) == b"of the first"  # the second has not told of it yet
    await second.report(probed(cover="cover", cover_type="image/png"))
    await first.keep("cover", b"of a zombie")
    assert await cover(marin, track_id) == b"of the second"

    await second.analyse("aac-128")
    await second.complete("aac-128")
    await second.finish()
    await studio.sql("UPDATE unclaimed SET due_at = 0")
    await studio.swept()

    assert await cover(marin, track_id) == b"of the second"
    assert (await marin.get(f"/api/v1/tracks/{track_id}/waveform.dat")).status == 200
    with pytest.raises(ObjectNotFound):
        await studio.storage.size(f"{keys.attempt(track_id, 1)}/cover")


async def test_a_cover_that_came_beside_the_file_stays(studio: Studio, marin: Person) -> None:
    track_id = (await marin.upload())["id"]
    await studio.storage.put(keys.cover(track_id), body_of(b"beside"))
    await studio.sql("UPDATE tracks SET cover_type = 'image/png', cover_file = 'cover'")
    worker = studio.worker()
    await worker.claim()
    await worker.keep("cover", b"inside")
    await worker.report(probed(cover="cover", cover_type="image/jpeg"))

    response = await marin.get(f"/api/v1/tracks/{track_id}/cover")

    assert (response.content_type, await response.read()) == ("image/png", b"beside")


IMPLAUSIBLE: list[dict[str, Any]] = [
    {"type": "probed", "colour": "blue"},
    {"type": "burned"},
    {},
    to_json(probed()) | {"sample_rate": 0},
    to_json(probed()) | {"cover": "cover", "cover_type": "text/html"},
    to_json(probed()) | {"cover": "cover", "cover_type": "image/svg+xml"},
    to_json(probed()) | {"tags": {"title": "x" * 20_000}},
    to_json(started("aac-128")) | {"rung": "../../etc"},
    to_json(started("aac-128")) | {"codec": 'x",\n#EXT-X-ENDLIST'},
    to_json(started("aac-128")) | {"segment_samples": 0},
    to_json(started("aac-128")) | {"init": "../../../original"},
    to_json(made("aac-128", 0)) | {"n": -1},
    to_json(made("aac-128", 0)) | {"ticks": 0},
    to_json(finished("aac-128")) | {"average_bandwidth": 0},
    to_json(analysed("aac-128")) | {"rungs": ["opus-9000"]},
    to_json(analysed("aac-128")) | {"samples": 0},
    to_json(analysed("aac-128")) | {"waveform": "r1/aac-128/0.m4s"},
    to_json(analysed("aac-128")) | {"waveform": "original"},
    to_json(probed()) | {"cover": "original", "cover_type": "image/png"},
]


async def test_reports_that_cannot_be_true_change_nothing(studio: Studio, marin: Person) -> None:
    """They come out of a sandbox in which somebody's file was decoded."""
    track = await marin.upload()
    before = await marin.track(track["id"])
    worker = studio.worker()
    await worker.claim()

    for fact in IMPLAUSIBLE:
        response = await worker.tell("report", facts=[fact])
        assert response.status == 422, fact

    assert await marin.track(track["id"]) == before


async def test_work_on_the_rest_of_an_unfinished_track_is_not_shown(
    studio: Studio, marin: Person
) -> None:
    """A child that is itself tells of it behind `ready` only."""
    track = await marin.upload()
    before = await marin.track(track["id"])
    worker = studio.worker()
    await worker.claim()

    await worker.report(Progress(stage="completing", percent=1))

    assert await marin.track(track["id"]) == before


async def test_reports_of_a_lost_lease_change_nothing(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    lost = studio.worker()
    await lost.claim()
    await lost.tell("release")
    await studio.worker("worker-2").claim()
    before = await marin.track(track["id"])

    for report in (probed(), analysed("aac-128"), finished("aac-128")):
        response = await lost.tell("report", facts=[{"type": report.type}])
        assert response.status == 409

    assert await marin.track(track["id"]) == before
