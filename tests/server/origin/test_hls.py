"""Playlists and segments as players and caches get them."""

import hashlib
from urllib.parse import urljoin

import m3u8
import pytest

from hls.timeline import Grid
from server.http.principal import Role
from tests.server.tracks.studio import (
    GRID,
    SAMPLES,
    Person,
    Studio,
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
    await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
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
