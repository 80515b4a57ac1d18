"""Loud mode reaches its target under the ceiling, with trials for what limiting takes away."""

import numpy as np
import pytest

from tests.waveform.sounds import Sound, measured, song, tones
from tests.waveform.test_limiter import limited
from waveform.album import AlbumLoudness
from waveform.gain import plan
from waveform.loud import MOST_LIMITING_DB, Trial, plan_loud


def made_loud(sound: Sound, target: float) -> list[float]:
    """Return what the first gain reaches, what one trial makes of it, and what two do."""
    loudness = measured(sound).loudness
    trials: list[Trial] = []
    for _ in range(3):
        gain = plan_loud(loudness, target_lufs=target, ceiling_dbtp=-1, trials=trials).gain_db
        reached = measured(limited(sound, gain_db=gain)[0]).loudness.integrated_lufs
        assert reached is not None
        trials.append(Trial(gain, reached))
    return [trial.integrated_lufs for trial in trials]


def linear_reach(sound: Sound) -> float:
    """Say how loud it can be without limiting."""
    loudness = measured(sound).loudness
    assert loudness.true_peak_dbtp is not None
    assert loudness.integrated_lufs is not None
    return loudness.integrated_lufs - 1 - loudness.true_peak_dbtp


@pytest.mark.parametrize("push", [2.0, 5.0, 7.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_made_song_comes_near_the_target_with_every_trial(seed: int, push: float) -> None:
    sound = song(seed, 10)
    target = linear_reach(sound) + push
    none, one, two = made_loud(sound, target)

    assert none < target
    assert one == pytest.approx(target, abs=0.1 if push <= 5 else 0.2)
    assert two == pytest.approx(target, abs=0.05)


def test_real_music_comes_near_the_target_with_every_trial(music: Sound) -> None:
    target = linear_reach(music) + 6
    none, one, two = made_loud(music, target)

    assert none < target - 0.5
    assert one == pytest.approx(target, abs=0.2)
    assert two == pytest.approx(target, abs=0.05)


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


DENSE = AlbumLoudness(integrated_lufs=-20, true_peak_dbtp=-1, peak_track=None)


def test_what_no_gain_can_bring_is_tried_with_the_most_there_is() -> None:
    # 5 dB lost of 8: of any more, nothing would come.
    planned = plan_loud(DENSE, target_lufs=-12, ceiling_dbtp=-1, trials=[Trial(8.0, -17.0)])

    assert planned.gain_db == MOST_LIMITING_DB
    assert planned.limited_by_peak


def test_a_trial_that_went_too_far_is_taken_back() -> None:
    planned = plan_loud(DENSE, target_lufs=-14, ceiling_dbtp=-1, trials=[Trial(6.0, -13.8)])

    assert planned.gain_db == pytest.approx(5.8, abs=0.02)
