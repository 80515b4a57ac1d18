"""The work on a track as a stream of events."""

import asyncio
from typing import Any

import pytest

from server.events import BUS
from server.tracks import topic
from tests.server.tracks.following import following
from tests.server.tracks.studio import Person, Studio, probed
from transcoder.reports import Progress


async def test_the_first_event_says_how_things_stand(studio: Studio, marin: Person) -> None:
    track = await marin.upload()

    async with following(marin, track["id"]) as events:
        state = await events.next("state")

    assert state["elapsed_ms"] >= 0
    del state["elapsed_ms"]
    assert state == {
        "stage": "received",
        "percent": None,
        "playable": False,
        "revision": 0,
        "message": None,
    }


async def test_the_stages_come_in_order_and_the_stream_ends_with_ready(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    async with following(marin, track["id"]) as events:
        await events.next("state")
        await studio.worker().ingest("aac-64", "aac-128", "flac")
        told = [(name, event) async for name, event in events]

    stages = [event["stage"] for name, event in told if name == "state"]
    assert list(dict.fromkeys(stages)) == ["analysing", "encoding", "playable", "ready"]
    tracks = [event for name, event in told if name == "track"]
    assert tracks[0]["title"] == "Marée haute"
    assert (tracks[-1]["state"], tracks[-1]["loudness"]["gain_db"]) == ("ready", -4.2)


async def test_the_stream_goes_on_behind_ready_until_the_last_rung(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    await worker.analyse("aac-64", "aac-128")
    await worker.begin("aac-64")
    await worker.complete("aac-128")
    async with following(marin, track["id"]) as events:
        assert (await events.next("state"))["stage"] == "ready"
        assert not all(each["finished"] for each in (await events.next("track"))["renditions"])
        await worker.complete("aac-64")
        told = [event async for name, event in events if name == "track"]

    assert all(each["finished"] for each in told[-1]["renditions"])


async def test_a_reader_is_pinged_while_only_others_are_told_something(
    studio: Studio, marin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Segments wake those who wait for one; a page hears nothing of them."""
    monkeypatch.setattr("server.http.event_stream.PING_SECONDS", 0.2)
    track = await marin.upload()

    async def tell_others() -> None:
        while True:
            studio.app[BUS].publish(topic(track["id"]), {"type": "segment"}, transient=True)
            await asyncio.sleep(0.02)

    telling = asyncio.create_task(tell_others())
    response = await marin.get(f"/api/v1/tracks/{track['id']}/events")
    async with asyncio.timeout(5):
        async for line in response.content:
            if line.startswith(b": still here"):
                break
    response.close()
    telling.cancel()
    assert line.startswith(b": still here")


async def test_progress_and_peaks_are_told_while_the_sound_is_measured(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    progress = Progress(
        stage="analysing", percent=40, peaks=[-5, 6, -7, 8], peaks_start=0, samples_per_pixel=4096
    )
    async with following(marin, track["id"]) as events:
        await events.next("state")
        await worker.report(progress)
        state = await events.next("state")
        peaks = await events.next("peaks")

    assert (state["stage"], state["percent"]) == ("analysing", 40)
    assert peaks == {
        "start": 0,
        "samples_per_pixel": 4096,
        "sample_rate": 44_100,
        "data": [-5, 6, -7, 8],
    }


async def test_who_comes_late_sees_the_waveform_from_its_start(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    for start, found in ((0, [-1, 1]), (1, [-2, 2, -3, 3])):
        await worker.report(
            Progress(
                stage="analysing", percent=1, peaks=found, peaks_start=start, samples_per_pixel=4096
            )
        )

    async with following(marin, track["id"]) as events:
        peaks = await events.next("peaks")

    assert (peaks["start"], peaks["data"]) == (0, [-1, 1, -2, 2, -3, 3])


async def test_a_failure_is_told_in_words_and_ends_the_stream(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    async with following(marin, track["id"]) as events:
        await events.next("state")
        await worker.tell("fail", code="no_sound", message="There is no sound.", retryable=False)
        told = [event async for name, event in events if name == "state"]

    assert (told[-1]["stage"], told[-1]["message"]) == ("failed", "There is no sound.")


async def test_who_comes_after_the_end_is_told_the_end(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin)

    async with following(marin, track_id) as events:
        told = [(name, event) async for name, event in events]

    assert [name for name, _ in told] == ["state", "track"]
    assert told[0][1]["stage"] == "ready"


async def test_an_interrupted_attempt_is_told(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    async with following(marin, track["id"]) as events:
        await events.next("state")
        await worker.tell("fail", code="crashed", message="It broke off.", retryable=True)
        state = await events.next("state")

    assert "again" in state["message"]


async def test_a_deleted_track_ends_the_stream(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    async with following(marin, track["id"]) as events:
        await events.next("state")
        await marin.request("DELETE", f"/api/v1/tracks/{track['id']}")
        assert [name async for name, _ in events] == []


async def test_a_server_that_drains_lets_its_watchers_go(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    async with following(marin, track["id"]) as events:
        await events.next("state")
        studio.app[BUS].close()
        assert [name async for name, _ in events] == []


async def test_private_tracks_are_followed_by_link_and_not_without(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload(visibility="private")

    bare = await studio.client.get(f"/api/v1/tracks/{track['id']}/events")
    linked = await studio.client.get(track["urls"]["events"])

    assert (bare.status, linked.status) == (404, 200)
    linked.close()


async def test_a_track_that_turns_private_is_followed_by_its_owner_alone(
    studio: Studio, marin: Person, ines: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    async with following(ines, track["id"]) as hers, following(marin, track["id"]) as his:
        await hers.next("state")
        await his.next("state")
        path = f"/api/v1/tracks/{track['id']}"
        await marin.request("PATCH", path, json={"visibility": "private"})
        await worker.report(Progress(stage="analysing", percent=40))

        assert [name async for name, _ in hers] == []
        assert (await his.next("state"))["percent"] == 40


async def test_a_state_that_is_told_late_is_not_shown_behind_a_newer_one(
    studio: Studio, marin: Person
) -> None:
    """Other processes' changes are told a moment later than one's own."""
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    (row,) = await studio.sql("SELECT version, created_at FROM tracks")

    def tell(stage: str, version: int, percent: int | None = None, **also: bool) -> None:
        event: dict[str, Any] = {
            "type": "state",
            "stage": stage,
            "percent": percent,
            "playable": False,
            "preview": False,
            "revision": 0,
            "created_at": row.created_at,
            "message": None,
            "version": version,
        }
        studio.app[BUS].publish(topic(track["id"]), event | also, transient=True)

    async with following(marin, track["id"]) as events:
        assert (await events.next("state"))["stage"] == "analysing"
        tell("received", row.version - 1)
        tell("analysing", row.version)
        tell("analysing", row.version, percent=40)
        tell("analysing", row.version)
        tell("encoding", row.version + 2)
        tell("analysing", row.version + 1, percent=99)
        tell("playable", row.version + 3, playable=True)
        told = [await events.next("state") for _ in range(3)]

    assert [(each["stage"], each["percent"]) for each in told] == [
        ("analysing", 40),
        ("encoding", None),
        ("playable", None),
    ]
