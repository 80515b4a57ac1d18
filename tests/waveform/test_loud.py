"""Loud mode reaches its target under the ceiling, with one trial for what limiting takes away."""

import numpy as np
import pytest

from tests.waveform.sounds import Sound, measured, song, tones
from tests.waveform.test_limiter import limited
from waveform.gain import plan
from waveform.loud import MOST_LIMITING_DB, Trial, plan_loud
from waveform.loudness import Loudness


def made_loud(sound: Sound, target: float) -> tuple[float, float]:
    """Return what the first gain reaches, and what the second one does."""
    loudness = measured(sound).loudness
    first = plan_loud(loudness, target_lufs=target, ceiling_dbtp=-1)
    reached = measured(limited(sound, gain_db=first.gain_db)[0]).loudness.integrated_lufs
    assert reached is not None
    trial = Trial(first.gain_db, reached)
    second = plan_loud(loudness, target_lufs=target, ceiling_dbtp=-1, trial=trial)
    again = measured(limited(sound, gain_db=second.gain_db)[0]).loudness.integrated_lufs
    assert again is not None
    return reached, again


def linear_reach(sound: Sound) -> float:
    """Say how loud it can be without limiting."""
    loudness = measured(sound).loudness
    assert loudness.true_peak_dbtp is not None
    assert loudness.integrated_lufs is not None
    return loudness.integrated_lufs - 1 - loudness.true_peak_dbtp


@pytest.mark.parametrize("push", [2.0, 5.0, 7.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_made_song_is_within_a_tenth_of_the_target_after_one_trial(
    seed: int, push: float
) -> None:
    sound = song(seed, 10)
    target = linear_reach(sound) + push
    first, second = made_loud(sound, target)

    assert first < target
    assert second == pytest.approx(target, abs=0.1)


def test_real_music_is_within_a_tenth_of_the_target_after_one_trial(music: Sound) -> None:
    target = linear_reach(music) + 7
    _, second = made_loud(music, target)

    assert second == pytest.approx(target, abs=0.1)


def test_a_programme_that_fits_under_the_ceiling_has_the_linear_gain() -> None:
    loudness = measured(song(3, 5)).loudness
    linear = plan(loudness, target_lufs=-40, ceiling_dbtp=-1)

    assert plan_loud(loudness, target_lufs=-40, ceiling_dbtp=-1) == linear


def test_limiting_is_told_in_words() -> None:
    planned = plan_loud(measured(tones((-2, 5))).loudness, target_lufs=2, ceiling_dbtp=-1)

    assert not planned.limited_by_peak
    assert planned.gain_db == pytest.approx(4, abs=0.1)
    assert planned.reason == "it reaches 2 LUFS with its peaks turned down by 3.0 dB"


def test_there_is_an_end_to_limiting() -> None:
    sound = tones((-40, 10))
    sound[:, 1000:1004] = 0.5
    loudness = measured(sound).loudness
    planned = plan_loud(loudness, target_lufs=-9, ceiling_dbtp=-1)
    linear = plan(loudness, target_lufs=-9, ceiling_dbtp=-1)

    assert planned.limited_by_peak
    assert planned.gain_db == linear.gain_db + MOST_LIMITING_DB
    assert "12 dB" in planned.reason


@pytest.mark.parametrize("sound", [np.zeros((2, 48_000), np.float32), tones((3, 0.2))])
def test_what_has_no_loudness_is_not_made_loud(sound: Sound) -> None:
    assert plan_loud(measured(sound).loudness, target_lufs=-9, ceiling_dbtp=-1).gain_db <= 0


def test_a_trial_that_went_too_far_is_taken_back() -> None:
    loudness = Loudness(
        integrated_lufs=-20,
        range_lu=5,
        true_peak_dbtp=-1,
        sample_peak_dbfs=-1,
        momentary_max_lufs=-18,
        short_term_max_lufs=-19,
    )
    planned = plan_loud(loudness, target_lufs=-14, ceiling_dbtp=-1, trial=Trial(6.0, -13.8))

    assert planned.gain_db == pytest.approx(5.8)
