"""The spectrogram shows what sounds, where it sounds, as loud as it is."""

import numpy as np
import pytest
from scipy.signal import spectrogram as scipy_spectrogram

from tests.waveform.sounds import SILENCE, Sound, noise, sine, song, tones
from waveform.spectrogram import FLOOR, MOST_COLUMNS, Scale, Spectrogram, SpectrogramBuilder


def built(
    sound: Sound,
    rate: int = 48_000,
    *,
    rows: int = 256,
    scale: Scale = Scale.LOGARITHMIC,
    block: int = 48_000,
) -> Spectrogram:
    builder = SpectrogramBuilder(rate, len(sound), rows=rows, scale=scale)
    for start in range(0, sound.shape[1], block):
        builder.add(sound[:, start : start + block])
    return builder.finish()


def decibels(levels: np.ndarray) -> np.ndarray:
    return levels / 255 * -FLOOR + FLOOR


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("frequency", [110.0, 997.0, 6_000.0, 15_000.0])
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_a_tone_stands_in_its_row_at_its_level(rate: int, frequency: float, scale: Scale) -> None:
    tone = sine(-12, 1, rate, frequency)[np.newaxis].astype("f4")
    picture = built(tone, rate, scale=scale)
    column = picture.levels[:, 5]
    loudest = int(column.argmax())

    # One bin of slack: low rows are narrower than a bin.
    bin_width = rate / picture.samples_per_column
    assert picture.edges[loudest] - bin_width <= frequency
    assert frequency <= picture.edges[loudest + 1] + bin_width
    # A tone between two bins reads up to 1.42 dB low with Hann's window.
    assert -12 - 1.5 - 0.3 <= decibels(column)[loudest] <= -12 + 0.3


def test_linear_rows_are_the_spectra_of_scipy() -> None:
    sound = song(1, 4)
    picture = built(sound, rows=512, scale=Scale.LINEAR)
    _, _, power = scipy_spectrogram(
        sound.astype("f8"),
        nperseg=2048,
        noverlap=0,
        window="hann",
        scaling="spectrum",
        detrend=False,
    )
    # A one-sided power spectrum reads half for a full-scale sine.
    mean = 2 * power.mean(axis=0)[:1024].reshape(512, 2, -1).max(axis=1)
    theirs = np.clip(10 * np.log10(mean), FLOOR, 0)
    step = -FLOOR / 255

    assert picture.levels.shape[1] == power.shape[2] + 1  # the last one is partial
    # Scipy's lowest bin is not doubled, and our highest row has one bin more.
    assert np.abs(decibels(picture.levels[1:-1, :-1]) - theirs[1:-1]).max() < step


def test_sound_and_silence_stand_where_they_were() -> None:
    picture = built(tones((SILENCE, 4), (-10, 2), (SILENCE, 4)))
    loud = picture.levels.max(axis=0) > 128
    places = np.flatnonzero(loud) * picture.samples_per_column / 48_000

    assert places[0] == pytest.approx(4, abs=0.05)
    assert places[-1] == pytest.approx(6, abs=0.05)
    assert loud.sum() == pytest.approx(2 * 48_000 / 2048, abs=2)
    assert picture.levels[:, 0].max() == 0


@pytest.mark.parametrize("seconds", [1, 84, 90, 200, 700])
def test_any_length_fits_into_the_columns(seconds: int) -> None:
    rate = 8_000
    builder = SpectrogramBuilder(rate, 1, rows=16)
    second = noise(1, 1, rate, 1)
    for _ in range(seconds):
        builder.add(second)
    picture = builder.finish()
    columns = picture.levels.shape[1]

    assert (columns - 1) * picture.samples_per_column < seconds * rate
    assert columns * picture.samples_per_column >= seconds * rate
    assert columns <= MOST_COLUMNS
    assert columns > MOST_COLUMNS / 2 or seconds < 84


def test_a_long_programme_keeps_its_average_power() -> None:
    rate = 8_000
    sound = np.concatenate([noise(seed, 40, rate, 1) for seed in range(10)], axis=1)
    sound[:, : sound.shape[1] // 2] *= 10
    levels = decibels(built(sound, rate, rows=32).levels.astype("f8"))
    early, late = levels[:, : levels.shape[1] // 2 - 1], levels[:, levels.shape[1] // 2 + 1 :]

    assert early.mean() - late.mean() == pytest.approx(20, abs=0.2)


def test_power_is_averaged_over_the_channels() -> None:
    tone = sine(-12, 1)[np.newaxis].astype("f4")
    both = built(np.concatenate([tone, -tone])).levels.max()
    one = built(np.concatenate([tone, 0 * tone])).levels.max()

    assert decibels(both) - decibels(one) == pytest.approx(3.01, abs=0.5)


@pytest.mark.parametrize("block", [7, 480, 100_000])
def test_the_size_of_blocks_changes_nothing(block: int) -> None:
    sound = song(2, 2.5)

    assert np.array_equal(built(sound, block=block).levels, built(sound).levels)


@pytest.mark.parametrize("samples", [0, 1, 2047, 2048])
def test_little_or_nothing_is_drawn_too(samples: int) -> None:
    picture = built(np.full((2, samples), 0.1, np.float32))

    assert picture.levels.shape == (256, min(samples, 1))
    assert picture.samples == samples


@pytest.mark.parametrize("rate", [1_000, 768_000])
def test_the_oddest_rates_are_drawn(rate: int) -> None:
    assert built(noise(1, 2, rate, 1), rate, block=rate).levels.max() > 0


@pytest.mark.parametrize("rows", [0, 513])
def test_a_picture_of_too_many_rows_or_none_is_refused(rows: int) -> None:
    with pytest.raises(ValueError, match="rows"):
        SpectrogramBuilder(48_000, 2, rows=rows)
