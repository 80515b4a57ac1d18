"""Sound at a raised rate is as long as before, and is where it was."""

import numpy as np
import pytest
from scipy.signal import resample

from tests.waveform.sounds import Sound, noise
from waveform.upsampling import Upsampler


def raised(sound: Sound, times: int, block: int) -> Sound:
    upsampler = Upsampler(len(sound), times)
    blocks = range(0, sound.shape[1], block)
    pieces = [upsampler.raise_rate(sound[:, start : start + block]) for start in blocks]
    return np.concatenate([*pieces, upsampler.flush()], axis=1)


@pytest.mark.parametrize("times", [2, 6])
@pytest.mark.parametrize("block", [5, 1000])
def test_no_sample_is_lost_or_added_whatever_the_length(times: int, block: int) -> None:
    for length in (*range(1, 40), 95, 96, 97, 111, 112, 113, 500):
        sound = noise(1, 1, length)

        assert raised(sound, times, block).shape == (2, length * times)


def test_the_sound_is_what_band_limited_interpolation_says() -> None:
    spectrum = np.fft.rfft(noise(2, 1, 8_000))
    spectrum[:, 3_600:] = 0
    sound = np.fft.irfft(spectrum, 8_000).astype("f4")
    middle = slice(1_000, -1_000)

    assert raised(sound, 6, 8_000)[:, middle] == pytest.approx(
        resample(sound, 48_000, axis=1)[:, middle], abs=2e-4
    )
