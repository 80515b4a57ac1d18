"""Sound that no one should have made still ends in figures, or in none."""

import numpy as np
import pytest

from tests.waveform import libebur128
from tests.waveform.sounds import RATE, measured, sine, song, tones
from waveform.analysis import Analysis, NotMeasurable
from waveform.loudness import Loudness

NOTHING = Loudness(
    integrated_lufs=None,
    range_lu=None,
    true_peak_dbtp=None,
    sample_peak_dbfs=None,
    momentary_max_lufs=None,
    short_term_max_lufs=None,
)


@pytest.mark.parametrize("seconds", [0.0, 0.1, 5.0])
@pytest.mark.parametrize("rate", [8_000, 48_000])
def test_silence_has_no_loudness(seconds: float, rate: int) -> None:
    silence = np.zeros((2, round(seconds * rate)), np.float32)
    result = measured(silence, rate)

    assert result.loudness == NOTHING
    assert result.samples == silence.shape[1]


def test_a_sound_shorter_than_400_ms_has_a_peak_but_no_loudness() -> None:
    result = measured(tones((-6, 0.1)))

    assert result.loudness.integrated_lufs is None
    assert result.loudness.momentary_max_lufs is None
    assert result.loudness.true_peak_dbtp == pytest.approx(-6, abs=0.2)
    assert result.peaks.length == 19


def test_damaged_samples_count_as_silence() -> None:
    sound = song(1, 5, RATE)
    damaged, mended = sound.copy(), sound.copy()
    damaged[0, 1000:1010], mended[0, 1000:1010] = np.nan, 0
    damaged[1, 2000:2002], mended[1, 2000:2002] = [np.inf, -np.inf], 0
    damaged[0, 200_000], mended[0, 200_000] = 1e30, 0
    result, expected = measured(damaged), measured(mended)

    assert result.bad_samples == 13
    assert expected.bad_samples == 0
    assert result.loudness == expected.loudness
    assert np.array_equal(result.peaks.pixels, expected.peaks.pixels)
    assert np.isnan(damaged[0, 1000])  # the caller's samples are its own


def test_sound_12_db_over_full_scale_is_measured_as_it_is() -> None:
    loudness = measured(tones((12, 5))).loudness

    assert loudness.integrated_lufs == pytest.approx(12, abs=0.1)
    assert loudness.true_peak_dbtp == pytest.approx(12, abs=0.1)


def test_integers_written_as_floats_are_measured_too() -> None:
    loudness = measured(32_768 * tones((-23, 5))).loudness

    assert loudness.integrated_lufs == pytest.approx(-23 + 90.309, abs=0.1)


def test_an_offset_is_not_heard_as_loudness() -> None:
    tone = tones((-20, 10))
    with_offset = measured(tone + np.float32(0.5)).loudness

    assert with_offset.sample_peak_dbfs == pytest.approx(-4.44, abs=0.01)
    assert with_offset.integrated_lufs == pytest.approx(-20, abs=0.1)
    assert with_offset.range_lu == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_a_programme_of_nothing_but_bad_samples_is_silence(bad: float) -> None:
    result = measured(np.full((2, 2 * RATE), bad, np.float32))

    assert result.loudness == NOTHING
    assert result.bad_samples == 4 * RATE
    assert not result.peaks.pixels.any()


def test_of_an_offset_alone_only_the_step_at_its_beginning_is_heard() -> None:
    offset = np.full((2, 10 * RATE), 0.5, np.float32)
    loudness = measured(offset).loudness

    assert loudness.sample_peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert loudness.integrated_lufs == pytest.approx(libebur128.integrated(offset, RATE), abs=0.002)
    assert measured(offset[:, : RATE // 3]).loudness.integrated_lufs is None


def test_a_bad_sample_in_silence_leaves_silence() -> None:
    silence = np.zeros((1, RATE), np.float32)
    silence[0, 5] = np.nan

    assert measured(silence).loudness == NOTHING


def test_the_low_frequency_channel_is_not_counted() -> None:
    sound = np.zeros((6, 5 * RATE), np.float32)
    sound[3] = sine(0, 5, frequency=60)
    loudness = measured(sound, weights=(1, 1, 1, 0, 1.41, 1.41)).loudness

    assert loudness.integrated_lufs is None
    assert loudness.sample_peak_dbfs == pytest.approx(0, abs=0.01)


def test_sound_after_long_silence_is_as_loud_as_alone() -> None:
    sound = song(4, 5, RATE)
    silence = np.zeros((2, 60 * RATE), np.float32)
    late = measured(np.concatenate([sound, silence, sound], axis=1)).loudness

    assert late.short_term_max_lufs == pytest.approx(
        measured(sound).loudness.short_term_max_lufs, abs=1e-9
    )


@pytest.mark.parametrize(
    "chunk",
    [
        np.zeros((1, 10), np.float32),
        np.zeros(10, np.float32),
        np.zeros((2, 10), np.int16),
        np.zeros((2, 10)),
    ],
    ids=["channels", "flat", "integers", "double"],
)
def test_a_chunk_of_another_shape_is_refused(chunk: np.ndarray) -> None:
    with pytest.raises(NotMeasurable):
        Analysis(RATE, 2).feed(chunk)


@pytest.mark.parametrize(
    ("rate", "channels", "weights"),
    [
        (0, 2, None),
        (2**32 - 1, 2, None),
        (48_000, 0, None),
        (48_000, 65_535, None),
        (48_000, 2, [1]),
    ],
)
def test_an_impossible_layout_is_refused(
    rate: int, channels: int, weights: list[float] | None
) -> None:
    with pytest.raises(NotMeasurable):
        Analysis(rate, channels, weights=weights)


@pytest.mark.parametrize("rate", [1_000, 768_000])
def test_the_oddest_rates_are_still_measured(rate: int) -> None:
    tone = sine(-20, 2, rate, frequency=250)[np.newaxis].astype("f4")
    usual = sine(-20, 2, RATE, frequency=250)[np.newaxis].astype("f4")
    loudness, expected = measured(tone, rate).loudness, libebur128.read(usual, RATE)

    assert loudness.integrated_lufs == pytest.approx(expected.integrated, abs=0.02)
    assert loudness.true_peak_dbtp == pytest.approx(-20, abs=0.3)
