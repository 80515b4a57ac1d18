"""The fine meter reads what closed forms say, to hundredths of a decibel."""

from math import log10, pi

import numpy as np
import pytest
from scipy.signal import resample

from tests.waveform.sounds import Sound, noise
from waveform.fine_peak import DELAY, Envelope, FinePeak


def reading(sound: Sound, chunk: int = 4_096) -> float:
    meter = FinePeak(len(sound))
    for start in range(0, sound.shape[1], chunk):
        meter.add(sound[:, start : start + chunk])
    meter.flush()
    return 20 * log10(meter.value)


def tone(turns: float, phase: float) -> Sound:
    """A sine of full scale, `turns` of the sampling rate, faded in and out."""
    places = np.arange(4_000)
    fade = np.minimum(1, np.minimum(places, places[::-1]) / 500)
    return np.array([fade * np.sin(2 * pi * turns * places + phase)], np.float32)


@pytest.mark.parametrize("phase", np.linspace(0, pi, 5))
@pytest.mark.parametrize("turns", [0.01, 0.125, 0.21, 0.25, 1 / 3, 0.4, 0.45])
def test_a_tone_reads_its_level_less_at_most_what_eight_points_can_miss(
    turns: float, phase: float
) -> None:
    missed = -20 * log10(np.cos(pi * turns / 8))

    assert -missed - 0.003 <= reading(tone(turns, phase)) <= 0.005


def test_a_crest_halfway_between_samples_is_read_in_full() -> None:
    assert reading(tone(1 / 4, pi / 4)) == pytest.approx(0, abs=0.002)  # its samples: -3 dBFS
    assert reading(tone(1 / 6, pi / 3)) == pytest.approx(0, abs=0.002)


def test_noise_reads_as_ideal_interpolation_says() -> None:
    spectrum = np.fft.rfft(noise(1, 1, 4_096), axis=1)
    spectrum[:, int(0.45 * 4_096) :] = 0
    sound = np.fft.irfft(spectrum, 4_096, axis=1).astype("f4")
    ideal = abs(resample(sound, 8 * 4_096, axis=1)).max()  # periodic: its ends meet
    around = np.concatenate([sound] * 3, axis=1)[:, 4_096 - 100 : 2 * 4_096 + 100]

    assert reading(around) == pytest.approx(20 * log10(ideal), abs=0.01)


@pytest.mark.parametrize("chunk", [1, 7, 480, 100_000])
def test_chunks_of_any_size_read_alike(chunk: int) -> None:
    sound = noise(2, 1, 3_001)

    assert reading(sound, chunk) == pytest.approx(reading(sound), abs=1e-5)


def test_the_last_sample_rings_out_and_the_first_rings_before_it() -> None:
    edges = np.ones((1, 1_000), np.float32)
    ideal = abs(resample(np.pad(edges, ((0, 0), (500, 500))), 16_000, axis=1)).max()

    assert reading(edges) == pytest.approx(20 * log10(ideal), abs=0.02)


def test_the_envelope_covers_all_channels_and_is_where_the_sound_is() -> None:
    sound = np.zeros((2, 320), np.float32)
    sound[1, 100] = -0.5
    heights = Envelope(2).follow(sound, above=0.0)

    assert heights.argmax() == 100 + DELAY
    assert heights.max() == 0.5


def test_what_cannot_reach_over_the_bound_is_not_looked_into() -> None:
    sound = 0.1 * tone(1 / 4, pi / 4)
    looked, spared = (Envelope(1).follow(sound, above=above).max() for above in (0.0, 1.0))

    assert looked == pytest.approx(0.1, abs=1e-5)
    assert spared == pytest.approx(0.1 * 0.5**0.5, abs=1e-5)
