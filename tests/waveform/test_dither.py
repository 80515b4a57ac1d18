"""Sixteen bits with noise in place of distortion, the same however a programme is cut."""

import numpy as np
import pytest
from scipy.stats import kstest

from tests.waveform.sounds import Sound, sine, song
from waveform.dither import to_16_bits, triangular

STEP = 1 / 32_768


def errors(sound: Sound, **options: bool) -> np.ndarray:
    """Return, in steps, how far each number is from what it stands for."""
    return to_16_bits(sound, first=0, **options) - sound.astype(np.float64) / STEP


def test_segments_made_one_by_one_are_those_of_one_pass() -> None:
    sound = song(1, 2)
    whole = to_16_bits(sound, first=1_000, seed=7)
    pieces = [
        to_16_bits(sound[:, start : start + 4_801], first=1_000 + start, seed=7)
        for start in reversed(range(0, sound.shape[1], 4_801))
    ]

    assert np.array_equal(np.concatenate(pieces[::-1], axis=1), whole)


def test_numbers_are_those_of_any_machine() -> None:
    # What SplitMix64 gives first after a seed of 0, by its reference implementation.
    known = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC]
    expected = [((number >> 32) - (number & 0xFFFFFFFF)) / 2**32 for number in known]

    assert triangular(1, 4, first=1, seed=0)[0].tolist() == expected


def test_the_noise_is_triangular_between_one_step_below_and_one_above() -> None:
    noise = triangular(2, 100_000, first=0, seed=3)
    distribution = np.vectorize(lambda x: 0.5 + x - np.sign(x) * x * x / 2)

    assert abs(noise).max() < 1
    assert kstest(noise.ravel(), distribution).pvalue > 0.01


@pytest.mark.parametrize("level", [0.0, 0.25, 0.5, 0.7])
def test_neither_mean_nor_power_of_the_error_depends_on_the_sound(level: float) -> None:
    error = errors(np.full((1, 200_000), level * STEP, np.float32))

    assert error.mean() == pytest.approx(0, abs=0.005)
    assert error.var() == pytest.approx(1 / 4, rel=0.02)  # 1/6 of the noise, 1/12 of rounding


def test_the_error_is_white_and_differs_from_channel_to_channel() -> None:
    error = errors(np.tile(0.3 * sine(0, 4, frequency=997), (2, 1)).astype("f4"))
    powers = (abs(np.fft.rfft(error[:, : 187 * 1_024].reshape(2, 187, 1_024))) ** 2).mean(axis=1)
    bands = powers[:, 1:].reshape(2, 16, 32).mean(axis=2) / (1_024 / 4)

    assert bands == pytest.approx(np.ones((2, 16)), rel=0.08)
    assert np.mean(error[0] * error[1]) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("other", [{"first": 1}, {"seed": 1}])
def test_another_place_or_seed_has_other_noise(other: dict[str, int]) -> None:
    one = triangular(1, 50_000, **({"first": 0, "seed": 0} | other))
    another = triangular(1, 50_000, first=1_000_000, seed=0)

    assert np.mean(one * another) == pytest.approx(0, abs=0.004)


def test_a_tone_of_a_third_of_a_step_survives() -> None:
    tone = sine(-100, 10)[np.newaxis].astype("f4")
    carrier = np.exp(-2j * np.pi * 1_000 / 48_000 * np.arange(480_000))
    heard = 2 * abs((to_16_bits(tone, first=0)[0] * carrier).mean()) * STEP

    assert not np.rint(tone / STEP).any()  # rounding alone would leave silence
    assert 20 * np.log10(heard) == pytest.approx(-100, abs=0.2)


def test_silence_is_kept_if_asked_and_nothing_else_is_touched() -> None:
    sound = song(2, 1)
    sound[:, 20_000:30_000] = 0
    kept = to_16_bits(sound, first=0, keep_silence=True)
    usual = to_16_bits(sound, first=0)
    elsewhere = np.r_[0:20_000, 30_000:48_000]

    assert not kept[:, 20_000:30_000].any()
    assert usual[:, 20_000:30_000].any()
    assert np.array_equal(kept[:, elsewhere], usual[:, elsewhere])


def test_one_silent_channel_is_no_silence() -> None:
    sound = np.zeros((2, 1_000), np.float32)
    sound[0] = 0.1

    assert to_16_bits(sound, first=0, keep_silence=True)[1].any()


def test_what_is_over_full_scale_stops_there() -> None:
    loud = np.array([[1.0, 2.0, -1.0, -2.0, 1e6, -1e6]], np.float32)
    numbers = to_16_bits(np.tile(loud, (1, 100)), first=0)

    assert numbers.dtype == np.int16
    assert numbers.reshape(100, 6)[:, [1, 4]].min() == 32_767
    assert numbers.reshape(100, 6)[:, [3, 5]].max() == -32_768


def test_the_last_samples_of_a_year_have_noise_as_the_first() -> None:
    late = triangular(2, 100_000, first=192_000 * 3600 * 24 * 365, seed=0)

    assert late.var() == pytest.approx(1 / 6, rel=0.02)
    assert np.mean(late[0] * late[1]) == pytest.approx(0, abs=0.02)
