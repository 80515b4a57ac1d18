"""All collectors together: in any chunks, of any sound, into one record of bounded size."""

import json

import numpy as np
import pytest

from tests.waveform.sounds import Sound, noise, song
from waveform.analysis import NotMeasurable
from waveform.inspection import Collector, Inspected, Inspection
from waveform.spectrogram import SpectrogramBuilder


def inspected(sound: Sound, rate: int = 48_000, *, chunk: int = 16_384) -> Inspected:
    """As 16-bit integers, beside the same as floats."""
    exact = np.clip(np.rint(sound.T * 32_768), -32_768, 32_767).astype(np.int16)
    floats = (exact.T / 32_768).astype(np.float32)
    inspection = Inspection(rate, len(sound), bits=16)
    for start in range(0, len(exact), chunk):
        inspection.feed(floats[:, start : start + chunk])
        inspection.feed_exact(exact[start : start + chunk])
    return inspection.finish()


@pytest.mark.parametrize("rate", [11_025, 48_000])
@pytest.mark.parametrize("chunk", [7, 480, 65_536])
def test_results_are_identical_for_any_chunk_size(rate: int, chunk: int) -> None:
    sound = song(1, 5.7, rate) * 5
    sound[:, rate : 2 * rate] = 0

    assert inspected(sound, rate, chunk=chunk) == inspected(sound, rate, chunk=sound.shape[1])


def test_the_spectrogram_is_fed_the_same_sound_for_any_chunk_size() -> None:
    sound, pictures = song(1, 5.7), []
    for chunk in (7, 480, 65_536, sound.shape[1]):
        builder = SpectrogramBuilder(48_000, 2)
        inspection = Inspection(48_000, 2, collectors=(), spectrogram=builder)
        for start in range(0, sound.shape[1], chunk):
            inspection.feed(sound[:, start : start + chunk])
        inspection.finish()
        pictures.append(builder.finish())

    assert all(np.array_equal(one.levels, pictures[0].levels) for one in pictures)
    assert pictures[0].samples == sound.shape[1]


def test_the_record_is_json() -> None:
    result = inspected(song(1, 6))

    told = json.loads(json.dumps(result.to_json(), allow_nan=False))

    assert set(told) == {
        *("rate", "samples", "bits", "silence", "clipping", "channels"),
        *("bandwidth", "used_bits", "hash"),
    }
    assert told["silence"] == {
        "leading": 0,
        "trailing": 0,
        "gaps": [],
        "gap_count": 0,
        "gap_samples": 0,
    }
    assert told["bandwidth"]["extent"] == "full"
    assert len(told["clipping"]) == len(told["channels"]["channels"]) == 2


def test_the_record_of_the_worst_programme_is_small() -> None:
    rate = 1_000
    bursts = noise(1, 3, rate, channels=64) * np.float32(20)
    bursts[:, 50:900] = 0
    inspection = Inspection(rate, 64)
    for _ in range(100):
        inspection.feed(bursts)

    assert len(json.dumps(inspection.finish().to_json(), allow_nan=False)) < 25_000


@pytest.mark.parametrize("rate", [1_000, 44_100, 768_000])
@pytest.mark.parametrize("samples", [0, 1, 999, 2_345_678])
def test_any_length_at_any_rate_has_finite_figures(rate: int, samples: int) -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, (1, samples)).astype("f4")
    result = inspected(sound, rate)

    assert result.samples == samples
    json.dumps(result.to_json(), allow_nan=False)


def test_damage_counts_as_silence() -> None:
    sound = noise(1, 3)
    sound[0, 1000], sound[1, 2000], sound[0, 3000:3010] = np.nan, -np.inf, 1e30
    mended = np.where(abs(sound) < 1e6, sound, 0).astype("f4")
    damaged, clean = Inspection(48_000, 2), Inspection(48_000, 2)
    damaged.feed(sound)
    clean.feed(mended)
    ours, expected = damaged.finish(), clean.finish()

    assert (ours.channels, ours.silence, ours.clipping) == (
        expected.channels,
        expected.silence,
        expected.clipping,
    )


def test_only_what_was_chosen_is_collected() -> None:
    inspection = Inspection(48_000, 2, bits=16, collectors={Collector.SILENCE})
    inspection.feed(noise(1, 1))
    inspection.feed_exact(np.ones((48_000, 2), np.int16))
    result = inspection.finish()

    assert result.silence
    assert [result.clipping, result.channels, result.bandwidth] == [None] * 3
    assert [result.used_bits, result.hash] == [None] * 2


@pytest.mark.parametrize(("rate", "channels"), [(0, 2), (2**32, 2), (48_000, 0), (48_000, 65)])
def test_an_impossible_layout_is_refused(rate: int, channels: int) -> None:
    with pytest.raises(NotMeasurable):
        Inspection(rate, channels)


@pytest.mark.parametrize("chunk", [np.zeros((1, 9), np.float32), np.zeros((2, 9))])
def test_a_chunk_of_another_shape_is_refused(chunk: np.ndarray) -> None:
    with pytest.raises(NotMeasurable):
        Inspection(48_000, 2).feed(chunk)
