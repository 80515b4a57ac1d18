"""Loudness does not depend on the sampling rate."""

import numpy as np
import pytest
from scipy.signal import resample

from tests.waveform.sounds import Sound, measured, noise, sine

RATES = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 37_800, 44_056, 44_100]
RATES += [47_952, 48_000, 64_000, 88_200, 96_000, 176_400, 192_000]


@pytest.mark.parametrize("rate", RATES)
def test_the_reference_tone_reads_its_level_at_every_rate(rate: int) -> None:
    tone = sine(0, 2, rate, frequency=997)[np.newaxis].astype("f4")
    loudness = measured(tone, rate).loudness

    assert loudness.integrated_lufs == pytest.approx(-3.010, abs=0.001)
    assert loudness.true_peak_dbtp == pytest.approx(0, abs=0.2)


def narrowed(sound: Sound, highest: float) -> Sound:
    """Take out, of sound at 48 kHz, all above a frequency."""
    spectrum = np.fft.rfft(sound)
    spectrum[:, int(highest * sound.shape[1] / 48_000) :] = 0
    return np.fft.irfft(spectrum, sound.shape[1]).astype("f4")


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_the_same_noise_is_as_loud_at_another_rate(rate: int) -> None:
    original = narrowed(noise(5, 4), min(20_000, 0.46 * rate))
    other = resample(original, original.shape[1] * rate // 48_000, axis=1).astype("f4")
    expected = measured(original).loudness.integrated_lufs

    assert measured(other, rate).loudness.integrated_lufs == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_056, 48_000])
def test_windows_are_counted_to_the_sample(rate: int) -> None:
    window = round(0.4 * rate)
    tone = noise(1, 1, rate)

    assert measured(tone[:, : window - 1], rate).loudness.integrated_lufs is None
    assert measured(tone[:, : window + 1], rate).loudness.integrated_lufs is not None


@pytest.mark.parametrize("rate", [8_000, 22_050])
def test_true_peak_at_a_low_rate_sees_between_the_samples(rate: int) -> None:
    tone = 0.5 * np.sin(np.pi / 2 * np.arange(rate) + np.pi / 4)  # its samples stop at -9 dBFS
    fade = np.minimum(1, np.arange(rate) / 400)
    sound = (tone * fade * fade[::-1])[np.newaxis].astype("f4")
    loudness = measured(sound, rate).loudness

    assert loudness.sample_peak_dbfs == pytest.approx(-9.03, abs=0.01)
    assert loudness.true_peak_dbtp == pytest.approx(-6.02, abs=0.05)
