"""One linear gain: to the target, never over the ceiling."""

import numpy as np
import pytest

from tests.waveform.sounds import Sound, measured, noise, tones
from waveform.gain import GainPlan, plan


def planned(sound: Sound) -> GainPlan:
    return plan(measured(sound).loudness, target_lufs=-14.0, ceiling_dbtp=-1.0)


def test_a_loud_song_is_turned_down_to_the_target() -> None:
    sound = 0.9 * noise(3, 6) / 0.1
    gain = planned(sound)
    turned = measured((sound * 10 ** (gain.gain_db / 20)).astype("f4")).loudness

    assert gain.gain_db < 0
    assert not gain.limited_by_peak
    assert turned.integrated_lufs == pytest.approx(-14, abs=0.001)


def test_a_lift_ends_where_the_true_peak_meets_the_ceiling() -> None:
    sound = tones((-40, 10))
    sound[:, 1000:1004] = 0.5
    gain = planned(sound)
    lifted = measured((sound * 10 ** (gain.gain_db / 20)).astype("f4")).loudness

    assert gain.limited_by_peak
    assert lifted.true_peak_dbtp == pytest.approx(-1, abs=0.001)
    assert "-1 dBTP" in gain.reason


def test_silence_stays_as_it_is() -> None:
    assert planned(np.zeros((2, 48_000), np.float32)) == GainPlan(
        0.0, limited_by_peak=False, reason="it is silent"
    )


def test_a_sound_too_short_to_level_is_left_alone() -> None:
    gain = planned(tones((-20, 0.1)))

    assert (gain.gain_db, gain.limited_by_peak) == (0.0, False)
    assert "too short" in gain.reason


def test_a_short_sound_over_the_ceiling_is_turned_down_to_it() -> None:
    gain = planned(tones((3, 0.2)))

    assert gain.limited_by_peak
    assert gain.gain_db == pytest.approx(-4, abs=0.3)
