"""The picture is a PNG that decodes to the size asked for and shows the sound."""

import numpy as np
import pytest

from tests.waveform.pictures import decoded
from tests.waveform.sounds import SILENCE, measured, tones
from waveform.peaks import Peaks
from waveform.picture import DARK, LIGHT, Colours
from waveform.png import render


@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 30), (1800, 140), (5001, 9)])
def test_any_size_is_drawn_in_full(width: int, height: int) -> None:
    picture = decoded(render(measured(tones((-6, 1))).peaks, width, height), width, height)

    assert (picture == LIGHT.wave).all(axis=2).any(axis=0).all()


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_loud_parts_stand_higher_than_silence(colours: Colours) -> None:
    peaks = measured(tones((SILENCE, 2), (-0.1, 2))).peaks
    drawn = (decoded(render(peaks, 100, 60, colours), 100, 60) == colours.wave).all(axis=2)

    assert set(drawn[:, :49].sum(axis=0)) == {1}
    assert set(drawn[:, 51:].sum(axis=0)) <= {59, 60}


def test_two_colours_and_no_others_are_used() -> None:
    picture = decoded(render(measured(tones((-6, 1))).peaks, 50, 20, DARK), 50, 20)

    assert set(map(tuple, picture.reshape(-1, 3).tolist())) == {DARK.wave, DARK.paper}


def test_no_sound_is_a_line() -> None:
    picture = decoded(render(Peaks(48_000, 256, np.zeros((0, 2, 2), np.int8)), 9, 9), 9, 9)

    assert (picture == LIGHT.wave).all(axis=2).sum(axis=0).tolist() == [1] * 9


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0), (-1, 10)])
def test_a_picture_of_no_size_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="a picture of"):
        render(measured(tones((-6, 1))).peaks, width, height)
