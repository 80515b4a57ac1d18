"""How the sound is cut on its way in changes nothing, not even the last bit."""

import numpy as np
import pytest

from tests.waveform.sounds import Sound, measured, song
from waveform.analysis import Analysis, Measured
from waveform.live_meter import LiveMeter


def taken(sound: Sound, rate: int, chunk: int) -> Measured:
    analysis = Analysis(rate, len(sound), curve=True)
    for start in range(0, sound.shape[1], chunk):
        analysis.feed(sound[:, start : start + chunk])
    return analysis.finish()


@pytest.mark.parametrize("rate", [11_025, 44_056, 44_100, 48_000])
@pytest.mark.parametrize("chunk", [1, 7, 480, 65_536])
def test_results_are_identical_for_any_chunk_size(rate: int, chunk: int) -> None:
    sound = song(1, 3.7, rate)
    whole, cut = taken(sound, rate, sound.shape[1]), taken(sound, rate, chunk)

    assert cut.loudness == whole.loudness
    assert cut.histogram == whole.histogram
    assert cut.curve == whole.curve
    assert np.array_equal(cut.peaks.pixels, whole.peaks.pixels)


@pytest.mark.parametrize("rate", [11_025, 44_056, 48_000])
@pytest.mark.parametrize("chunk", [1, 480, 65_536])
def test_a_live_meter_ends_with_the_same_figures_for_any_chunk_size(rate: int, chunk: int) -> None:
    sound = song(1, 3.5, rate)

    assert levels(live(sound, rate, chunk)) == levels(live(sound, rate, 7))


def live(sound: Sound, rate: int, chunk: int) -> LiveMeter:
    meter = LiveMeter(rate, len(sound))
    for start in range(0, sound.shape[1], chunk):
        meter.feed(sound[:, start : start + chunk])
    return meter


def levels(meter: LiveMeter) -> tuple[float | None, ...]:
    held = (meter.momentary_max, meter.short_term_max)
    return (meter.momentary, meter.short_term, *held, meter.integrated, meter.range)


def test_results_are_identical_for_chunks_of_changing_size() -> None:
    sound = song(3, 5, 44_100)
    sizes = np.random.default_rng(4).integers(0, 3000, 1000)
    analysis = Analysis(44_100, 2)
    for chunk in np.split(sound, np.cumsum(sizes), axis=1):
        analysis.feed(chunk)

    assert analysis.finish().loudness == measured(sound, 44_100).loudness
