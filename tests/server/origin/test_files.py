"""Waveforms, covers and originals."""

import struct
import zlib

import pytest

from tests.server.tracks.studio import RATE, SAMPLES, Person, Studio, probed, wav
from waveform.audiowaveform import from_dat

PIXELS = -(-SAMPLES // 256)
FILES = ("waveform.json", "waveform.dat", "waveform.png", "waveform.svg", "cover", "stream")


@pytest.fixture
async def base(studio: Studio, marin: Person) -> str:
    return f"/api/v1/tracks/{await studio.ready(marin, 'aac-128')}"


async def test_the_waveform_is_audiowaveforms_json(studio: Studio, base: str) -> None:
    response = await studio.client.get(f"{base}/waveform.json")

    shown = await response.json()
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert {name: shown[name] for name in shown if name != "data"} == {
        "version": 2,
        "channels": 2,
        "sample_rate": RATE,
        "samples_per_pixel": 256,
        "bits": 8,
        "length": PIXELS,
    }
    assert len(shown["data"]) == PIXELS * 4


async def test_a_page_of_another_site_may_ask_for_the_files(studio: Studio, base: str) -> None:
    asked = {"Origin": "https://player.example", "Access-Control-Request-Headers": "range"}
    for name in FILES:
        for path in (f"{base}/{name}", f"{base.removeprefix('/api')}/{name}"):
            response = await studio.client.options(path, headers=asked)

            assert response.status == 204, path
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert "Range" in response.headers["Access-Control-Allow-Headers"]

    for path in (base, f"{base}/events", f"{base}/cover.exe"):
        response = await studio.client.options(path, headers=asked)
        assert response.status in {404, 405}, path
        assert "Access-Control-Allow-Origin" not in response.headers


ZOOMS = {
    "samples_per_pixel=256": 256,
    "samples_per_pixel=1000": 1000,
    "pixels_per_second=20": RATE // 20,
    "pixels_per_second=172": 256,
    "width=100": -(-PIXELS * 256 // 100),
    "width=100000": 256,
    "width=1": PIXELS * 256,
}


async def test_a_waveform_comes_as_coarse_as_it_was_asked_for(studio: Studio, base: str) -> None:
    for query, samples_per_pixel in ZOOMS.items():
        shown = await (await studio.client.get(f"{base}/waveform.json?{query}")).json()

        assert shown["samples_per_pixel"] == samples_per_pixel, query
        assert shown["length"] == -(-PIXELS * 256 // samples_per_pixel), query
        if query.startswith("width"):
            assert shown["length"] <= int(query.removeprefix("width="))


async def test_a_waveform_that_cannot_be_is_refused(studio: Studio, base: str) -> None:
    for query in (
        "samples_per_pixel=255",
        "pixels_per_second=173",
        "width=0",
        "width=x",
        "width=10&samples_per_pixel=512",
    ):
        assert (await studio.client.get(f"{base}/waveform.json?{query}")).status == 422, query


async def test_the_binary_waveform_holds_the_same_pixels(studio: Studio, base: str) -> None:
    shown = await (await studio.client.get(f"{base}/waveform.json?width=200")).json()
    binary = await (await studio.client.get(f"{base}/waveform.dat?width=200")).read()

    peaks = from_dat(binary)

    assert peaks.pixels.ravel().tolist() == shown["data"]


async def test_the_picture_has_the_size_and_the_colours_asked_for(
    studio: Studio, base: str
) -> None:
    pictures = {}
    for colours in ("light", "dark"):
        path = f"{base}/waveform.png?width=321&height=77&colours={colours}"
        response = await studio.client.get(path)
        assert response.content_type == "image/png"
        content = await response.read()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", content[16:24]) == (321, 77)
        start = content.index(b"IDAT") + 4
        assert len(zlib.decompressobj().decompress(content[start:])) == 77 * (1 + 41)
        pictures[colours] = content
    assert pictures["light"] != pictures["dark"]
    assert (await studio.client.get(f"{base}/waveform.png?width=99999")).status == 422


async def test_waveforms_come_once_the_sound_is_measured(studio: Studio, marin: Person) -> None:
    track = await marin.upload()
    path = f"/api/v1/tracks/{track['id']}/waveform.json"
    early = await marin.get(path)
    worker = studio.worker()
    await worker.claim()
    await worker.report(probed())
    await worker.analyse("aac-128")

    assert (early.status, early.headers["Retry-After"]) == (503, "1")
    assert (await marin.get(path)).status == 200
    assert track["urls"]["waveform"] is None
    shown = (await marin.track(track["id"]))["urls"]["waveform"]
    assert shown.startswith(path)


async def test_long_json_is_compressed_for_those_who_ask(studio: Studio, base: str) -> None:
    path = f"{base}/waveform.json"
    packed = await studio.client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await studio.client.get(path, headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert await packed.text() == await plain.text()


async def test_the_cover_is_the_picture_in_the_file(studio: Studio, marin: Person) -> None:
    await marin.upload()
    worker = studio.worker()
    job = await worker.claim()
    assert job is not None
    picture = b"\xff\xd8\xff a picture"
    await worker.keep("cover", picture)
    await worker.report(probed(cover="cover", cover_type="image/jpeg"))

    url = (await marin.track(worker.track_id))["urls"]["cover"]
    response = await marin.get(url)

    assert (response.status, response.content_type) == (200, "image/jpeg")
    assert await response.read() == picture
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_track_without_a_picture_has_no_cover(
    studio: Studio, marin: Person, base: str
) -> None:
    assert (await marin.get(f"{base}/cover")).status == 404
    assert (await marin.track(base.rpartition("/")[2]))["urls"]["cover"] is None


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ("song.wav", 'filename="song.wav"', "filename*=UTF-8''song.wav"),
        (
            'a "b" ü; 50 %.wav',
            'filename="a _b_ __ 50 _.wav"',
            "filename*=UTF-8''a%20%22b%22%20%C3%BC%3B%2050%20%25.wav",
        ),
    ],
)
async def test_the_original_is_a_download_under_its_own_name(
    name: str, plain: str, encoded: str, studio: Studio, marin: Person
) -> None:
    content = wav(500_000, fill=3)
    track = await marin.upload(content, name=name)

    response = await studio.client.get(track["urls"]["download"])

    assert await response.read() == content
    disposition = response.headers["Content-Disposition"]
    assert disposition == f"attachment; {plain}; {encoded}"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Accept-Ranges"] == "bytes"
    again = await studio.client.get(
        track["urls"]["download"], headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status == 304


async def test_head_of_the_original_tells_its_length(studio: Studio, marin: Person) -> None:
    content = wav(500_000)
    track = await marin.upload(content)

    response = await studio.client.head(track["urls"]["download"])

    assert (response.status, await response.read()) == (200, b"")
    assert response.headers["Content-Length"] == str(len(content))


async def test_forms_that_are_not_made_yet_are_refused(studio: Studio, base: str) -> None:
    assert (await studio.client.get(f"{base}/stream?format=mp3")).status == 422


async def test_the_files_of_a_private_track_are_hidden(
    studio: Studio, marin: Person, ines: Person
) -> None:
    track_id = await studio.ready(marin, "aac-128", visibility="private")

    for stranger in (ines, Person(studio.client, "", "", {})):
        for name in FILES:
            response = await stranger.get(f"/api/v1/tracks/{track_id}/{name}")
            assert response.status == 404, name
