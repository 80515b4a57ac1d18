"""Pictures of the waveform: their forms and colours, and what a browser may do with them."""

import re

import pytest

from tests.server.tracks.studio import Person, Studio
from waveform import png, svg
from waveform.audiowaveform import from_dat
from waveform.peaks import Peaks
from waveform.picture import DARK, LIGHT, Colours

ORANGE, NIGHT = (0xFF, 0x88, 0x00), (0x00, 0x00, 0x10)
COLOURS = {
    "": LIGHT,
    "&colours=dark": DARK,
    "&wave=ff8800": Colours(ORANGE, LIGHT.paper),
    "&colours=dark&paper=%23000010": Colours(DARK.wave, NIGHT),
    "&wave=FF8800&paper=000010": Colours(ORANGE, NIGHT),
}


@pytest.fixture
async def base(studio: Studio, marin: Person) -> str:
    return f"/api/v1/tracks/{await studio.ready(marin, 'aac-128')}"


@pytest.fixture
async def peaks(studio: Studio, base: str) -> Peaks:
    return from_dat(await (await studio.client.get(f"{base}/waveform.dat")).read())


@pytest.mark.parametrize("query", COLOURS)
async def test_a_picture_is_of_the_size_and_the_colours_asked_for(
    query: str, studio: Studio, base: str, peaks: Peaks
) -> None:
    size = "width=321&height=77"
    as_svg = await studio.client.get(f"{base}/waveform.svg?{size}{query}")
    as_png = await studio.client.get(f"{base}/waveform.png?{size}{query}")

    assert await as_svg.text() == svg.render(peaks, 321, 77, COLOURS[query])
    assert await as_png.read() == png.render(peaks, 321, 77, COLOURS[query])


async def test_an_svg_is_kept_compressed_and_can_do_nothing(studio: Studio, base: str) -> None:
    response = await studio.client.get(f"{base}/waveform.svg", headers={"Accept-Encoding": "gzip"})
    again = await studio.client.get(
        f"{base}/waveform.svg",
        headers={"Accept-Encoding": "gzip", "If-None-Match": response.headers["ETag"]},
    )

    assert response.content_type == "image/svg+xml"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert again.status == 304
    assert re.findall(r"<(\w+)", await response.text()) == ["svg", "rect", "path"]


@pytest.mark.parametrize(
    "query",
    ["width=99999", "height=0", "colours=blue", "wave=red", "paper=%22/%3E%3Cscript", "wave="],
)
async def test_a_picture_that_cannot_be_is_refused(query: str, studio: Studio, base: str) -> None:
    for form in ("svg", "png"):
        response = await studio.client.get(f"{base}/waveform.{form}?{query}")
        assert response.status == 422, form
