"""Playlists and segments as players and caches get them."""

import asyncio
import hashlib
from urllib.parse import urljoin

import m3u8
import pytest

from hls.timeline import Grid
from server.http.principal import Role
from server.origin import holding
from storage import keys
from tests.server.tracks.studio import (
    GRID,
    SAMPLES,
    Person,
    Studio,
    Worker,
    init_bytes,
    probed,
    segment_bytes,
)

RUNGS = ("aac-64", "aac-128", "flac")


async def text(studio: Studio, path: str, status: int = 200) -> str:
    response = await studio.client.get(path)
    content = await response.text()
    assert response.status == status, content
    return content


async def working(studio: Studio, marin: Person, **fields: str) -> Worker:
    """A track that is being worked on."""
    await marin.upload(None, **fields)
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    return worker


async def test_the_master_lists_the_lossy_rungs_with_the_default_first(
    studio: Studio, marin: Person
) -> None:
    track_id = await studio.ready(marin, *RUNGS)

    master = m3u8.loads(await text(studio, f"/hls/{track_id}/master.m3u8"))
    lossless = m3u8.loads(await text(studio, f"/hls/{track_id}/lossless.m3u8"))

    assert [each.uri for each in master.playlists] == ["aac-128/media.m3u8", "aac-64/media.m3u8"]
    first = master.playlists[0].stream_info
    assert (first.bandwidth, first.average_bandwidth) == (132_000, 129_000)
    assert first.codecs == "mp4a.40.2"
    assert [each.uri for each in lossless.playlists] == ["flac/media.m3u8"]
    assert lossless.playlists[0].stream_info.codecs == "fLaC"


async def test_every_address_in_the_playlists_leads_to_its_bytes(
    studio: Studio, marin: Person
) -> None:
    track_id = await studio.ready(marin, *RUNGS)
    for name in ("master", "lossless"):
        address = f"/hls/{track_id}/{name}.m3u8"
        for variant in m3u8.loads(await text(studio, address)).playlists:
            rung = variant.uri.split("/")[0]
            media_address = urljoin(address, variant.uri)
            media = m3u8.loads(await text(studio, media_address))
            assert media.is_endlist
            assert len(media.segments) == GRID.count
            for n, segment in enumerate(media.segments):
                response = await studio.client.get(urljoin(media_address, segment.uri))
                assert await response.read() == segment_bytes(rung, n)
                assert response.content_type == "video/iso.segment"
            init = await studio.client.get(urljoin(media_address, media.segment_map[0].uri))
            assert await init.read() == init_bytes(rung)
            assert init.content_type == "audio/mp4"


@pytest.mark.parametrize("rung", RUNGS)
async def test_durations_add_up_to_the_programme(rung: str, studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, *RUNGS)

    media = m3u8.loads(await text(studio, f"/hls/{track_id}/{rung}/media.m3u8"))

    priming = 0 if rung == "flac" else 1024
    total = sum(segment.duration for segment in media.segments)
    assert total == pytest.approx((SAMPLES + priming) / 44_100, abs=0.00001)
    assert media.target_duration == 6
    assert all(round(segment.duration) <= 6 for segment in media.segments)


async def test_media_is_kept_for_ever_by_its_revision_and_briefly_without(
    studio: Studio, marin: Person
) -> None:
    track_id = await studio.ready(marin, *RUNGS)
    base = f"/hls/{track_id}/aac-128"

    for name in ("init.mp4", "0.m4s"):
        versioned = await studio.client.get(f"{base}/{name}?v=1")
        plain = await studio.client.get(f"{base}/{name}")
        assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert plain.headers["Cache-Control"] == "public, max-age=60"
        assert await versioned.read() == await plain.read()
        assert "Content-Encoding" not in versioned.headers
    segment = await studio.client.get(f"{base}/0.m4s?v=1")
    expected = hashlib.sha256(segment_bytes("aac-128", 0)).hexdigest()
    assert segment.headers["ETag"].strip('"') == expected[:32]


async def test_media_is_open_to_players_on_other_sites(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, *RUNGS)

    for path in ("master.m3u8", "aac-128/media.m3u8", "aac-128/0.m4s?v=1", "aac-128/99.m4s?v=1"):
        response = await studio.client.get(f"/hls/{track_id}/{path}")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        exposed = response.headers["Access-Control-Expose-Headers"]
        assert {"Content-Length", "Content-Range", "ETag"} <= set(exposed.split(", "))
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    preflight = await studio.client.options(f"/hls/{track_id}/aac-128/0.m4s")
    assert preflight.status == 204
    assert "Range" in preflight.headers["Access-Control-Allow-Headers"]


ENCODINGS = {
    "gzip": True,
    "gzip, deflate, br": True,
    "br;q=1.0, gzip;q=0.8": True,
    "GZIP": True,
    "x-gzip": True,
    "gzip;q=0": False,
    "gzip;q=0.000": False,
    "br": False,
    "identity": False,
    "notgzip": False,
    "": False,
}


async def test_playlists_are_compressed_for_those_who_ask(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, *RUNGS)
    path = f"/hls/{track_id}/aac-128/media.m3u8"
    plain = await text(studio, path)

    for asked, packed in ENCODINGS.items():
        response = await studio.client.get(path, headers={"Accept-Encoding": asked})
        assert await response.text() == plain
        assert response.headers["Vary"] == "Accept-Encoding"
        assert (response.headers.get("Content-Encoding") == "gzip") is packed, asked


async def test_the_two_forms_of_a_playlist_have_two_etags(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, *RUNGS)
    path = f"/hls/{track_id}/master.m3u8"
    plain = await studio.client.get(path, headers={"Accept-Encoding": "identity"})
    packed = await studio.client.get(path, headers={"Accept-Encoding": "gzip"})

    assert plain.headers["ETag"] != packed.headers["ETag"]
    for first in (plain, packed):
        encoding = first.headers.get("Content-Encoding", "identity")
        headers = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": encoding}
        again = await studio.client.get(path, headers=headers)
        assert again.status == 304
        assert again.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["Cache-Control"].startswith("public, max-age=60")


async def test_segments_are_never_compressed(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, *RUNGS)

    response = await studio.client.get(
        f"/hls/{track_id}/aac-128/0.m4s?v=1", headers={"Accept-Encoding": "gzip"}
    )

    assert "Content-Encoding" not in response.headers
    assert "Vary" not in response.headers


NOWHERE = (
    "aac-128/3.m4s?v=1",
    "aac-128/0.m4s?v=2",
    "aac-128/0.m4s?v=0",
    "aac-320/media.m3u8",
    "aac-320/0.m4s",
    "opus-64/init.mp4?v=1",
    "aac-128/x.m4s",
    "..%2f..%2foriginal/0.m4s?v=1",
    "aac-128/9999999.m4s?v=1",
    "aac-128/",
    "aac-128/0.ts",
    "playlist.m3u8",
)


async def test_what_does_not_exist_is_not_found(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, *RUNGS)

    for path in NOWHERE:
        response = await studio.client.get(f"/hls/{track_id}/{path}")

        assert (response.status, response.content_type) == (404, "application/problem+json"), path
        assert response.headers["Cache-Control"] == "max-age=1", path


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


async def test_a_private_track_opens_to_its_owner_and_by_its_links_all_the_way_down(
    studio: Studio, marin: Person, ines: Person
) -> None:
    track_id = await studio.ready(marin, *RUNGS, visibility="private")
    admin = await studio.person("Ada", Role.ADMIN)
    bare = f"/hls/{track_id}/aac-128/0.m4s?v=1"
    address = (await marin.track(track_id))["urls"]["hls"]

    for stranger in (ines, admin):
        assert (await stranger.get(bare)).status == 404
        assert (await stranger.get(f"/hls/{track_id}/master.m3u8")).status == 404
    assert (await marin.get(bare)).status == 200
    master = m3u8.loads(await text(studio, address))
    media_address = urljoin(address, master.playlists[0].uri)
    media = m3u8.loads(await text(studio, media_address))
    for uri in (media.segments[0].uri, media.segment_map[0].uri):
        response = await studio.client.get(urljoin(media_address, uri))
        assert response.status == 200
        assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"


async def test_a_track_made_private_closes_at_once(
    studio: Studio, marin: Person, ines: Person
) -> None:
    track_id = await studio.ready(marin, *RUNGS)
    path = f"/hls/{track_id}/aac-128/0.m4s?v=1"
    assert (await ines.get(path)).status == 200

    await marin.request("PATCH", f"/api/v1/tracks/{track_id}", json={"visibility": "private"})

    assert (await ines.get(path)).status == 404


async def test_a_later_revision_has_other_addresses_and_the_first_still_answers(
    studio: Studio, marin: Person
) -> None:
    worker = await working(studio, marin)
    await worker.analyse("aac-128")
    await worker.complete("aac-128")
    path = f"/hls/{worker.track_id}/aac-128"
    assert "0.m4s?v=1" in await text(studio, f"{path}/media.m3u8")

    await worker.complete("aac-128", 2)

    assert "0.m4s?v=2" in await text(studio, f"{path}/media.m3u8")
    assert (await studio.client.get(f"{path}/0.m4s?v=1")).status == 200


async def test_a_playlist_of_twelve_hours_is_rendered(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, "aac-128")
    samples = 12 * 3600 * 44_100
    await studio.sql("UPDATE renditions SET samples = :samples", samples=samples)

    media = await text(studio, f"/hls/{track_id}/aac-128/media.m3u8")

    assert media.count("#EXTINF") == Grid.aac(44_100, samples).count
    assert media.endswith("#EXT-X-ENDLIST\n")
