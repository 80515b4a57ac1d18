"""The test signals of EBU Tech 3341 and 3342 that can be made by rule, with their tolerances."""

from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import firwin, lfilter

from tests.waveform.sounds import RATE, SILENCE, Sound, measured, sine, tones
from waveform.loudness import Loudness

Tone: TypeAlias = NDArray[np.float64]

INTEGRATED = {
    "1": ((-23, 20),),
    "2": ((-33, 20),),
    "3": ((-36, 10), (-23, 60), (-36, 10)),
    "4": ((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)),
    "5": ((-26, 20), (-20, 20.1), (-26, 20)),
}
RANGES = {
    "1": ((-20, -30), 10),
    "2": ((-20, -15), 5),
    "3": ((-40, -20), 20),
    "4": ((-50, -35, -20, -35, -50), 15),
}
# Sampling rate over frequency, amplitude, phase in degrees, dBTP.
TONES = {
    "15": (4, 0.50, 0, -6.0),
    "16": (4, 0.50, 45, -6.0),
    "17": (6, 0.50, 60, -6.0),
    "18": (8, 0.50, 67.5, -6.0),
    "19": (4, 1.41, 45, 3.0),
}


def near(value: float) -> object:
    return pytest.approx(value, abs=0.1)


def loudness(sound: Sound, rate: int = RATE) -> Loudness:
    return measured(sound, rate).loudness


@pytest.mark.parametrize("case", INTEGRATED)
def test_3341_integrated_loudness(case: str) -> None:
    expected = -33.0 if case == "2" else -23.0

    assert loudness(tones(*INTEGRATED[case])).integrated_lufs == near(expected)


@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_3341_a_steady_tone_reads_the_same_on_every_scale(level: float) -> None:
    steady = loudness(tones((level, 20)))

    assert steady.momentary_max_lufs == near(level)
    assert steady.short_term_max_lufs == near(level)


def test_3341_6_surround_channels_weigh_more() -> None:
    levels = (-28, -28, -24, -30, -30)  # L R C Ls Rs
    sound = np.stack([sine(level, 20) for level in levels]).astype("f4")
    weighed = measured(sound, weights=(1, 1, 1, 1.41, 1.41)).loudness

    assert weighed.integrated_lufs == near(-23.0)


@pytest.mark.parametrize("start", [0.0, 1.07, 2.9, 4.44, 7.5, 11.99])
def test_3341_9_short_term_loudness_is_constant(start: float) -> None:
    sound = tones(*((-20, 1.34), (-30, 1.66)) * 5)
    window = sound[:, round(start * RATE) : round((start + 3) * RATE)]

    assert loudness(window).short_term_max_lufs == near(-23.0)


@pytest.mark.parametrize("start", [0.0, 0.07, 0.35, 1.11, 4.444, 9.6])
def test_3341_12_momentary_loudness_is_constant(start: float) -> None:
    sound = tones(*((-20, 0.18), (-30, 0.22)) * 25)
    window = sound[:, round(start * RATE) : round((start + 0.4) * RATE)]

    assert loudness(window).momentary_max_lufs == near(-23.0)


@pytest.mark.parametrize("number", range(20))
def test_3341_10_short_term_maximum_wherever_the_tone_begins(number: int) -> None:
    sound = tones((SILENCE, number * 0.15), (-23, 3), (SILENCE, 1))

    assert loudness(sound).short_term_max_lufs == near(-23.0)


@pytest.mark.parametrize("number", range(20))
def test_3341_11_short_term_maximum_at_rising_levels(number: int) -> None:
    sound = tones((SILENCE, number * 0.15), (-38 + number, 3), (SILENCE, 3 - number * 0.15))

    assert loudness(sound).short_term_max_lufs == near(-38 + number)


@pytest.mark.parametrize("number", range(20))
def test_3341_13_momentary_maximum_wherever_the_tone_begins(number: int) -> None:
    sound = tones((SILENCE, number * 0.02), (-23, 0.4), (SILENCE, 1))

    assert loudness(sound).momentary_max_lufs == near(-23.0)


@pytest.mark.parametrize("number", range(20))
def test_3341_14_momentary_maximum_at_rising_levels(number: int) -> None:
    sound = tones((SILENCE, number * 0.02), (-38 + number, 0.4), (SILENCE, 0.4 - number * 0.02))

    assert loudness(sound).momentary_max_lufs == near(-38 + number)


def faded(sound: Tone, samples: int) -> Tone:
    fade = np.ones(sound.size)
    fade[:samples] = np.linspace(0, 1, samples)
    fade[-samples:] = np.linspace(1, 0, samples)
    return sound * fade


def in_stereo(mono: Tone) -> Sound:
    return np.stack([mono, mono]).astype("f4")


def within_tolerance(true_peak: float | None, expected: float) -> bool:
    return true_peak is not None and expected - 0.4 <= true_peak <= expected + 0.2


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000, 192_000])
@pytest.mark.parametrize("case", TONES)
def test_3341_15_to_19_true_peak_of_tones(case: str, rate: int) -> None:
    divisor, amplitude, phase, expected = TONES[case]
    tone = amplitude * np.sin(2 * np.pi * np.arange(rate) / divisor + np.deg2rad(phase))
    sound = in_stereo(faded(tone, rate // 100))

    assert within_tolerance(loudness(sound, rate).true_peak_dbtp, expected)


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000, 192_000])
@pytest.mark.parametrize("offset", range(4))
def test_3341_20_to_23_true_peak_of_one_louder_period(offset: int, rate: int) -> None:
    fine = 4 * rate
    step, amplitude = np.full(fine, np.pi / 12), np.full(fine, 0.5)  # a sixth of the rate
    step[fine // 2 : fine // 2 + 16], amplitude[fine // 2 : fine // 2 + 16] = np.pi / 8, 1.0
    tone = faded(amplitude * np.sin(np.cumsum(step)), fine // 100)
    sound = in_stereo(lfilter(firwin(1023, 0.9 / 4), [1.0], tone)[511 + offset :: 4])

    assert within_tolerance(loudness(sound, rate).true_peak_dbtp, 0.0)


@pytest.mark.parametrize("case", RANGES)
def test_3342_loudness_range(case: str) -> None:
    levels, expected = RANGES[case]
    sound = tones(*((level, 20) for level in levels))

    assert loudness(sound).range_lu == pytest.approx(expected, abs=1)
