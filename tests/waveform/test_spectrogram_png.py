"""The spectrogram's picture decodes to its size, and its colours rise as evenly as the eye sees."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.waveform.pictures import decoded
from tests.waveform.sounds import sine
from waveform.spectrogram import Scale, Spectrogram, SpectrogramBuilder
from waveform.spectrogram_png import DAY, NIGHT, palette, render

Palette = Sequence[tuple[int, int, int]]


def chirps() -> Spectrogram:
    """One second of 5 kHz, then one of 15 kHz."""
    builder = SpectrogramBuilder(48_000, 1, rows=128, scale=Scale.LINEAR)
    for frequency in (5_000.0, 15_000.0):
        builder.add(sine(0, 1, frequency=frequency)[np.newaxis].astype("f4"))
    return builder.finish()


def lightness(colours: np.ndarray) -> np.ndarray:
    """CIE 1976 L* of sRGB colours, another measure of lightness than the palette is made by."""
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(116 * np.cbrt(luminance) - 16)


@pytest.mark.parametrize("colours", [NIGHT, DAY], ids=["night", "day"])
def test_the_palette_rises_or_falls_in_even_steps(colours: Palette) -> None:
    steps = np.diff(lightness(palette(colours).astype("f8"))[::15])

    assert np.all(steps > 0) or np.all(steps < 0)
    assert abs(steps).max() / abs(steps).min() < 1.6


@pytest.mark.parametrize("colours", [NIGHT, DAY], ids=["night", "day"])
def test_the_palette_goes_through_our_colours(colours: Palette) -> None:
    made = palette(colours).astype(int)

    assert len(made) == 256
    for colour in colours:
        assert abs(made - colour).max(axis=1).min() <= 2


@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 30), (1800, 300), (2500, 700)])
def test_any_size_is_drawn_in_full(width: int, height: int) -> None:
    picture = decoded(render(chirps(), width, height), width, height)

    assert set(map(tuple, picture.reshape(-1, 3))) <= set(map(tuple, palette(NIGHT)))


@pytest.mark.parametrize("colours", [NIGHT, DAY], ids=["night", "day"])
def test_high_tones_stand_above_low_ones(colours: Palette) -> None:
    picture = decoded(render(chirps(), 100, 240, colours), 100, 240)
    drawn = abs(picture.astype(int) - colours[-1]).sum(axis=2) < 40
    early, late = np.flatnonzero(drawn[:, 20]), np.flatnonzero(drawn[:, 80])

    # Rows of 100 Hz from the top.
    assert early.mean() == pytest.approx(240 - 50, abs=3)
    assert late.mean() == pytest.approx(240 - 150, abs=3)


@pytest.mark.parametrize("level", [0.0, -25.0])
def test_the_loudest_point_has_the_last_colour(level: float) -> None:
    builder = SpectrogramBuilder(48_000, 1)
    builder.add(sine(level, 1)[np.newaxis].astype("f4"))
    picture = decoded(render(builder.finish(), 40, 60), 40, 60)

    assert (picture == NIGHT[-1]).all(axis=2).any()


def test_no_sound_is_paper() -> None:
    picture = decoded(render(SpectrogramBuilder(48_000, 2).finish(), 9, 9), 9, 9)

    assert set(map(tuple, picture.reshape(-1, 3).tolist())) == {NIGHT[0]}


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0), (-1, 10)])
def test_a_picture_of_no_size_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="a picture of"):
        render(chirps(), width, height)
