"""How the sound is cut on its way in changes nothing, not even the last bit."""

import numpy as np
import pytest

from tests.waveform.sounds import measured, song
from waveform.analysis import Analysis


@pytest.mark.parametrize("rate", [11_025, 48_000])
@pytest.mark.parametrize("chunk", [7, 480, 65_536])
def test_results_are_identical_for_any_chunk_size(rate: int, chunk: int) -> None:
    sound = song(1, 4.7, rate)
    whole, cut = measured(sound, rate, chunk=sound.shape[1]), measured(sound, rate, chunk=chunk)

    assert cut.loudness == whole.loudness
    assert cut.histogram == whole.histogram
    assert np.array_equal(cut.peaks.pixels, whole.peaks.pixels)


def test_results_are_identical_for_single_samples() -> None:
    sound = song(2, 3.3, 8_000)
    whole, cut = measured(sound, 8_000, chunk=sound.shape[1]), measured(sound, 8_000, chunk=1)

    assert cut.loudness == whole.loudness
    assert np.array_equal(cut.peaks.pixels, whole.peaks.pixels)


def test_results_are_identical_for_chunks_of_changing_size() -> None:
    sound = song(3, 5, 44_100)
    sizes = np.random.default_rng(4).integers(0, 3000, 1000)
    analysis = Analysis(44_100, 2)
    for chunk in np.split(sound, np.cumsum(sizes), axis=1):
        analysis.feed(chunk)

    assert analysis.finish().loudness == measured(sound, 44_100).loudness
