"""Playlists, segments and headers by the judgement of parsers that are not ours."""

import subprocess
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import m3u8
import pytest

from tests.end_to_end.houle import Person, Server
from tests.end_to_end.sources import excerpt

TOOLS = Path(__file__).parents[1] / "tools"


async def text(http: aiohttp.ClientSession, address: str) -> str:
    async with http.get(address) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "application/vnd.apple.mpegurl"
        return await response.text()


async def test_strict_parsers_accept_every_playlist(
    server: Server, admin: Person, sources: Path, tmp_path: Path
) -> None:
    track = await admin.ready(excerpt(sources))
    for master in ("master", "lossless"):
        address = f"{server.url}/hls/{track['id']}/{master}.m3u8"
        multivariant = m3u8.loads(await text(admin.http, address), uri=address)
        (tmp_path / f"{master}.m3u8").write_text(multivariant.dumps())
        assert multivariant.is_variant
        for variant in multivariant.playlists:
            assert variant.stream_info.codecs in {"mp4a.40.2", "fLaC"}
            assert variant.stream_info.average_bandwidth <= variant.stream_info.bandwidth
            media = await text(admin.http, variant.absolute_uri)
            (tmp_path / f"{variant.uri.split('/')[0]}.m3u8").write_text(media)
            assert m3u8.loads(media).is_endlist
    playlists = sorted(tmp_path.glob("*.m3u8"))
    assert len(playlists) == 7
    subprocess.run(
        ["node", "parse_playlists.mjs", *map(str, playlists)], cwd=TOOLS, check=True, timeout=60
    )


async def test_bandwidth_is_what_the_segments_weigh(
    server: Server, admin: Person, sources: Path
) -> None:
    track = await admin.ready(excerpt(sources))
    master = f"{server.url}/hls/{track['id']}/master.m3u8"
    for variant in m3u8.loads(await text(admin.http, master), uri=master).playlists:
        address = variant.absolute_uri
        media = m3u8.loads(await text(admin.http, address), uri=address)
        rates = []
        for segment in media.segments:
            if segment.duration < 0.5 * media.target_duration:
                continue  # RFC 8216, 4.3.4.2: too short to count as a peak by itself
            async with admin.http.get(segment.absolute_uri) as response:
                rates.append(len(await response.read()) * 8 / segment.duration)
        assert 0.9 <= max(rates) / variant.stream_info.bandwidth <= 1.0005


async def test_media_is_served_as_caches_and_players_expect(
    server: Server, admin: Person, sources: Path
) -> None:
    track = await admin.ready(excerpt(sources))
    address = f"{server.url}/hls/{track['id']}/aac-128/media.m3u8"
    media = m3u8.loads(await text(admin.http, address), uri=address)
    segment = urljoin(address, media.segments[0].uri)
    async with aiohttp.ClientSession() as guest:
        async with guest.get(segment) as response:
            whole = await response.read()
            assert response.content_type == "video/iso.segment"
            assert "immutable" in response.headers["Cache-Control"]
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            etag = response.headers["ETag"]
        async with guest.get(segment, headers={"Range": "bytes=10-19"}) as response:
            assert (response.status, await response.read()) == (206, whole[10:20])
            assert response.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
        async with guest.get(segment, headers={"Range": "bytes=9999999-"}) as response:
            assert response.status == 416
        async with guest.get(segment, headers={"If-None-Match": etag}) as response:
            assert response.status == 304
        async with guest.head(segment) as response:
            assert response.headers["Content-Length"] == str(len(whole))


@pytest.mark.parametrize("visibility", ["private", "unlisted"])
async def test_what_is_not_public_is_heard_only_with_its_token_or_its_address(
    visibility: str, server: Server, admin: Person, sources: Path
) -> None:
    track = await admin.ready(excerpt(sources), visibility=visibility)
    bare = f"{server.url}/hls/{track['id']}/master.m3u8"
    async with aiohttp.ClientSession() as guest:
        async with guest.get(bare) as response:
            assert response.status == (404 if visibility == "private" else 200)
        address = urljoin(server.url, track["urls"]["hls"])
        master = m3u8.loads(await text(guest, address), uri=address)
        media_address = master.playlists[0].absolute_uri
        media = m3u8.loads(await text(guest, media_address), uri=media_address)
        for uri in (
            media.segments[0].absolute_uri,
            urljoin(media_address, media.segment_map[0].uri),
        ):
            async with guest.get(uri) as response:
                assert response.status == 200
        for name in ("waveform", "download"):
            async with guest.get(urljoin(server.url, track["urls"][name])) as response:
                assert response.status == 200
        async with guest.get(f"{server.url}/api/v1/tracks?limit=100") as response:
            assert track["id"] not in {item["id"] for item in (await response.json())["items"]}


async def test_the_download_is_the_file_that_was_uploaded(
    server: Server, admin: Person, sources: Path
) -> None:
    track = await admin.ready(excerpt(sources))

    async with admin.http.get(urljoin(server.url, track["urls"]["download"])) as response:
        assert await response.read() == excerpt(sources).read_bytes()
        assert "attachment" in response.headers["Content-Disposition"]
