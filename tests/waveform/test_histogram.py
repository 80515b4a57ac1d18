"""What is kept of a track's loudness is small, survives JSON, and can be added up."""

import json

import numpy as np
import pytest

from tests.waveform.sounds import measured, noise, song, tones
from waveform.histogram import BrokenHistogram, Histogram


def test_integrated_loudness_is_kept() -> None:
    result = measured(song(1, 30))

    assert result.histogram.integrated_lufs == pytest.approx(
        result.loudness.integrated_lufs, abs=2e-5
    )


def test_every_whole_block_over_the_absolute_gate_is_counted() -> None:
    assert sum(measured(noise(1, 10)).histogram.counts) == 97  # of 400 ms, every 100 ms
    assert sum(measured(tones((-80, 5), (-20, 5))).histogram.counts) == 50  # the tone and its edge


def test_it_is_the_same_after_it_was_written_and_read() -> None:
    histogram = measured(song(2, 20)).histogram
    text = json.dumps(histogram.as_json())

    assert Histogram.from_json(json.loads(text)) == histogram


def test_a_song_takes_kilobytes() -> None:
    text = json.dumps(measured(song(3, 60)).histogram.as_json(), separators=(",", ":"))

    assert len(text) < 25 + 10 * 600  # seven digits, a count and two commas a block, at most


def test_it_does_not_grow_beyond_its_bins() -> None:
    steps = 1_000 * np.arange(20_000)
    many = Histogram(tuple(steps.tolist()), (1,) * 20_000)

    assert len(Histogram.pooled([many] * 5).levels) == 20_000
    assert len(json.dumps(Histogram.pooled([many] * 5).as_json())) < 300_000


@pytest.mark.parametrize("sound", [np.zeros((2, 48_000), np.float32), tones((-20, 0.1))])
def test_silence_and_shortness_leave_nothing(sound: np.ndarray) -> None:
    nothing = measured(sound).histogram

    assert nothing == Histogram()
    assert nothing.integrated_lufs is None
    assert Histogram.pooled([nothing, nothing]) == nothing
    assert Histogram.pooled([]) == nothing


def test_what_is_pooled_twice_is_as_loud_as_once() -> None:
    once = measured(song(4, 20)).histogram
    twice = Histogram.pooled([once, once])

    assert twice.levels == once.levels
    assert sum(twice.counts) == 2 * sum(once.counts)
    assert twice.integrated_lufs == once.integrated_lufs


def test_integers_written_as_floats_are_counted_too() -> None:
    result = measured(32_768 * tones((-1, 5)))

    assert result.histogram.integrated_lufs == pytest.approx(
        result.loudness.integrated_lufs, abs=2e-5
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"levels": [1]},
        {"levels": [1], "counts": [1], "more": 1},
        {"levels": [1], "counts": []},
        {"levels": [1], "counts": [0]},
        {"levels": [1], "counts": [1 << 50]},
        {"levels": [1, 2], "counts": [1, 1]},
        {"levels": [2000, 1000], "counts": [1, 1]},
        {"levels": [-1], "counts": [1]},
        {"levels": [20_000_000], "counts": [1]},
        {"levels": [1.0], "counts": [1]},
        {"levels": [True], "counts": [1]},
        {"levels": "1", "counts": [1]},
        {"levels": [1] * 20_001, "counts": [1] * 20_001},
    ],
)
def test_what_no_histogram_wrote_is_refused(value: object) -> None:
    with pytest.raises(BrokenHistogram):
        Histogram.from_json(value)
