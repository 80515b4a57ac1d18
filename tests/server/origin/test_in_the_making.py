"""What is heard of a track while it is being made: the preview, and segments that will come."""

import asyncio
from urllib.parse import urljoin

import m3u8
import pytest

from server.origin import holding
from storage import keys
from tests.server.tracks.studio import GRID, SAMPLES, Person, Studio, Worker, probed, segment_bytes


async def text(studio: Studio, path: str) -> str:
    response = await studio.client.get(path)
    content = await response.text()
    assert response.status == 200, content
    return content


async def working(studio: Studio, marin: Person, **fields: str) -> Worker:
    """A track that is being worked on."""
    await marin.upload(None, **fields)
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    return worker


async def test_before_anything_plays_there_is_a_time_to_come_back(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)

    response = await ines.get(f"/hls/{worker.track_id}/master.m3u8")

    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert response.headers["Cache-Control"] == "no-store"
    assert "not playable yet" in (await response.json())["detail"]


async def test_the_owner_gets_a_growing_playlist_of_the_preview_and_nobody_else(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.begin("aac-128", 0, known=False)
    for n in range(2):
        await worker.make("aac-128", n, 0)
    address = (await marin.track(worker.track_id))["urls"]["hls"]

    master = m3u8.loads(await text(studio, address))
    media_address = urljoin(address, master.playlists[0].uri)
    growing = await text(studio, media_address)
    media = m3u8.loads(growing)

    assert media.playlist_type == "event"
    assert not media.is_endlist
    assert [segment.duration for segment in media.segments] == [
        pytest.approx(float(GRID.media_duration(n)), abs=1e-5) for n in range(2)
    ]
    for segment in media.segments:
        assert "v=0" in segment.uri
        assert (await studio.client.get(urljoin(media_address, segment.uri))).status == 200
    assert (await ines.get(f"/hls/{worker.track_id}/master.m3u8")).status == 503
    assert (await ines.get(f"/hls/{worker.track_id}/aac-128/0.m4s?v=0")).status == 404
    early = await studio.client.get(urljoin(media_address, media.segments[0].uri))
    assert early.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    await worker.make("aac-128", 2, 0)
    assert (await text(studio, media_address)).startswith(growing)


async def test_a_preview_of_the_whole_of_a_short_sound_ends_where_it_ends(
    studio: Studio, marin: Person
) -> None:
    worker = await working(studio, marin)
    await worker.begin("aac-128", 0, known=False)
    for n in range(GRID.count):
        await worker.make("aac-128", n, 0)

    response = await marin.get(f"/hls/{worker.track_id}/aac-128/media.m3u8")
    media = m3u8.loads(await response.text())

    total = sum(segment.duration for segment in media.segments)
    assert total == pytest.approx((SAMPLES + 1024) / 44_100, abs=1e-5)


async def test_the_whole_playlist_is_there_as_soon_as_the_default_rung_begins(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-64", "aac-128")
    await worker.begin("aac-128")

    response = await ines.get(f"/hls/{worker.track_id}/master.m3u8")
    master = m3u8.loads(await response.text())
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert [each.uri for each in master.playlists] == ["aac-128/media.m3u8"]
    assert master.playlists[0].stream_info.bandwidth == 140_800
    media = m3u8.loads(await text(studio, f"/hls/{worker.track_id}/aac-128/media.m3u8"))
    assert len(media.segments) == GRID.count
    assert media.is_endlist
    planned = await ines.get(f"/hls/{worker.track_id}/aac-64/media.m3u8")
    assert (planned.status, planned.headers["Retry-After"]) == (503, "1")


async def test_a_promised_segment_is_waited_for(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-128")
    await worker.begin("aac-128")
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(ines.get(f"/hls/{worker.track_id}/aac-128/1.m4s?v=1"))
            for _ in range(20)
        ]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in asked)
        await worker.make("aac-128", 0)
        await worker.make("aac-128", 1)

    for task in asked:
        assert await task.result().read() == segment_bytes("aac-128", 1)


async def test_a_segment_that_lies_there_before_its_report_is_found(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-128")
    await worker.begin("aac-128")
    asked = asyncio.create_task(ines.get(f"/hls/{worker.track_id}/aac-128/0.m4s?v=1"))
    await asyncio.sleep(0.05)

    await worker.put(keys.segment(worker.track_id, 1, "aac-128", 0), b"quietly put")

    async with asyncio.timeout(5):
        assert await (await asked).read() == b"quietly put"


async def test_a_segment_that_does_not_come_is_worth_another_try(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-128")
    await worker.begin("aac-128")
    studio.app[holding.HOLDS].seconds = 0.2

    response = await ines.get(f"/hls/{worker.track_id}/aac-128/0.m4s?v=1")

    assert (response.status, response.headers["Retry-After"]) == (503, "1")


async def test_no_more_than_a_bounded_number_waits(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-128")
    await worker.begin("aac-128")
    studio.app[holding.HOLDS].most = 2
    path = f"/hls/{worker.track_id}/aac-128/0.m4s?v=1"
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(ines.get(path)) for _ in range(2)]
        await asyncio.sleep(0.1)
        turned_away = await ines.get(path)
        await worker.make("aac-128", 0)

    assert turned_away.status == 503
    assert [task.result().status for task in waiting] == [200, 200]


async def test_waiting_ends_when_the_work_fails(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-128")
    await worker.begin("aac-128")
    asked = asyncio.create_task(ines.get(f"/hls/{worker.track_id}/aac-128/0.m4s?v=1"))
    await asyncio.sleep(0.05)

    await worker.tell("fail", code="crashed", message="It broke off.", retryable=False)

    async with asyncio.timeout(5):
        assert (await asked).status == 404
    master = await ines.get(f"/hls/{worker.track_id}/master.m3u8")
    assert master.status == 404
    assert "It broke off." in (await master.json())["detail"]


async def test_a_track_that_is_ready_offers_rungs_that_are_still_being_made(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-64", "aac-128")
    await worker.begin("aac-64")
    await worker.begin("aac-128")
    address = f"/hls/{worker.track_id}/master.m3u8"
    early = m3u8.loads(await text(studio, address))
    assert [each.uri for each in early.playlists] == ["aac-128/media.m3u8"]

    await worker.complete("aac-128")

    response = await ines.get(address)
    master = m3u8.loads(await response.text())
    assert [each.uri for each in master.playlists] == ["aac-128/media.m3u8", "aac-64/media.m3u8"]
    assert response.headers["Cache-Control"] == "public, no-cache"  # declared, not measured yet
    asked = asyncio.create_task(ines.get(f"/hls/{worker.track_id}/aac-64/1.m4s?v=1"))
    await asyncio.sleep(0.05)
    await worker.make("aac-64", 0)
    await worker.make("aac-64", 1)
    async with asyncio.timeout(5):
        assert await (await asked).read() == segment_bytes("aac-64", 1)


async def test_waiting_ends_when_what_is_left_of_a_ready_track_fails(
    studio: Studio, marin: Person, ines: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-64", "aac-128")
    await worker.complete("aac-128")
    await worker.begin("aac-64")
    asked = asyncio.create_task(ines.get(f"/hls/{worker.track_id}/aac-64/1.m4s?v=1"))
    await asyncio.sleep(0.05)

    await worker.tell("fail", code="crashed", message="It broke off.", retryable=False)

    async with asyncio.timeout(5):
        assert (await asked).status == 404
    assert (await ines.get(f"/hls/{worker.track_id}/aac-128/1.m4s?v=1")).status == 200
