"""The SVG is the very picture that the PNG is, in numbers alone."""

import re
from io import BytesIO
from xml.parsers.expat import ParserCreate

import numpy as np
import pytest

from tests.waveform.pictures import decoded
from tests.waveform.sounds import SILENCE, measured, noise, tones
from waveform import png, svg
from waveform.peaks import Peaks
from waveform.picture import DARK, LIGHT, Colours, NoColour, colours

FORM = re.compile(
    r'<svg xmlns="http://www\.w3\.org/2000/svg" width="(?P<width>\d+)" height="(?P<height>\d+)" '
    r'viewBox="0 0 (?P=width) (?P=height)" preserveAspectRatio="none">'
    r'<rect width="(?P=width)" height="(?P=height)" fill="#(?P<paper>[0-9a-f]{6})"/>'
    r'<path fill="#(?P<wave>[0-9a-f]{6})" d="(?P<path>M0 \d+([hv]-?\d+)+z)"/></svg>\n'
)
EMPTY = Peaks(48_000, 256, np.zeros((0, 2, 2), np.int8))


def parts(text: str) -> dict[str, str]:
    """Hold the whole text to its form, and return what is in it."""
    ParserCreate().ParseFile(BytesIO(text.encode()))
    found = FORM.fullmatch(text)
    assert found is not None, text[:300]
    return found.groupdict()


def filled(text: str) -> np.ndarray:
    """Fill the path as SVG's even-odd rule says, looking at the middle of each pixel."""
    said = parts(text)
    inside = np.zeros((int(said["height"]), int(said["width"])), bool)
    for left, right, y in levels(said["path"]):
        inside[y:, left:right] ^= True
    return inside


def levels(path: str) -> list[tuple[int, int, int]]:
    """The horizontal edges of a path of M, h, v and z: from, to, at."""
    x, y = map(int, re.findall(r"\d+", path)[:2])
    found = []
    for command, number in re.findall(r"([hv])(-?\d+)", path):
        if command == "h":
            found.append((min(x, x + int(number)), max(x, x + int(number)), y))
            x += int(number)
        else:
            y += int(number)
    assert x == 0
    return found


@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 30), (300, 140), (2001, 9)])
@pytest.mark.parametrize(
    "peaks",
    [measured(noise(3, 2)).peaks, measured(tones((SILENCE, 1), (-0.1, 1))).peaks, EMPTY],
    ids=["noise", "silence and tone", "nothing"],
)
def test_the_same_pixels_are_filled_as_in_the_png(peaks: Peaks, width: int, height: int) -> None:
    drawn = decoded(png.render(peaks, width, height), width, height) == LIGHT.wave

    assert np.array_equal(filled(svg.render(peaks, width, height)), drawn.all(axis=2))


@pytest.mark.parametrize("chosen", [LIGHT, DARK, Colours((1, 2, 3), (255, 0, 16))])
def test_the_colours_are_those_that_were_chosen(chosen: Colours) -> None:
    said = parts(svg.render(measured(tones((-6, 1))).peaks, 10, 10, chosen))

    assert tuple(bytes.fromhex(said["wave"])) == chosen.wave
    assert tuple(bytes.fromhex(said["paper"])) == chosen.paper


def test_sixteen_bits_are_drawn_as_eight() -> None:
    eight = measured(noise(1, 1)).peaks
    sixteen = Peaks(eight.rate, 256, eight.pixels.astype(np.int16) * 256)

    assert svg.render(sixteen, 90, 90) == svg.render(eight, 90, 90)


def test_a_short_path_draws_a_wide_silence() -> None:
    assert len(svg.render(EMPTY, 4096, 1024)) < 300


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0)])
def test_a_picture_of_no_size_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="a picture of"):
        svg.render(EMPTY, width, height)


def test_a_colour_is_named_or_given_in_hexadecimal() -> None:
    assert colours("dark", wave="#FF8800") == Colours((255, 136, 0), DARK.paper)
    assert colours("light", paper="000010") == Colours(LIGHT.wave, (0, 0, 16))


@pytest.mark.parametrize("text", ["red", "#fff", "#ff88001", "ff 800", '"/><script', "\u0660" * 6])
def test_other_colours_are_refused(text: str) -> None:
    with pytest.raises(NoColour, match="is no colour"):
        colours("light", wave=text)
