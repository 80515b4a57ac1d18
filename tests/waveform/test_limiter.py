"""Limited sound is never over the ceiling, is where it was, and is left alone where it may be."""

from math import log10

import numpy as np
import pytest
from scipy.signal import resample

from tests.waveform import libebur128
from tests.waveform.sounds import Sound, measured, noise, song
from tests.waveform.test_fine_peak import reading
from waveform.limiter import Limiter

CEILING = -1.0
ALLOWED = 0.05  # dB over the ceiling, by the fine meter


def limited(
    sound: Sound, rate: int = 48_000, *, gain_db: float = 0.0, chunk: int = 10_000
) -> tuple[Sound, float]:
    limiter = Limiter(rate, len(sound), ceiling_dbtp=CEILING, gain_db=gain_db)
    starts = range(0, sound.shape[1], chunk)
    pieces = [limiter.limit(sound[:, start : start + chunk]) for start in starts]
    whole = np.concatenate([*pieces, limiter.flush()], axis=1)
    return whole, limiter.greatest_reduction_db


def hostile(name: str, rate: int) -> Sound:
    samples = int(1.1 * rate)
    places = np.arange(samples)
    random = np.random.default_rng(1)
    made = {
        "square": 2 * np.sign(np.sin(2 * np.pi * 441 / rate * places + 0.1)),
        "high square": 2 * np.sign(np.sin(2 * np.pi * 0.31 * places)),
        "tone near the end of the band": 2 * np.sin(2 * np.pi * 0.45 * places),
        "sweep": 2 * np.sin(np.pi * places**2 / samples / 2),
        "hard clipped noise": np.clip(3 * random.standard_normal(samples), -2, 2),
        "random signs": random.choice([-2.0, 2.0], samples),
        "abrupt starts": 2 * (places % (rate // 7) < rate // 50) * random.choice([-1, 1], samples),
        "clicks": 4.0 * (random.random(samples) < 0.002),
        "a step": np.full(samples, 2.0),
    }[name]
    return np.stack([made, 0.3 * made[::-1]]).astype("f4")


HOSTILE = [
    *("square", "high square", "tone near the end of the band", "sweep", "hard clipped noise"),
    *("random signs", "abrupt starts", "clicks", "a step"),
]


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sound_6_to_12_db_over_full_scale_stays_under_the_ceiling(
    name: str, rate: int
) -> None:
    sound = hostile(name, rate)
    output, reduction = limited(sound, rate)

    assert reading(output) <= CEILING + ALLOWED
    assert reduction > 6
    assert output.shape == sound.shape


@pytest.mark.parametrize("name", HOSTILE)
def test_ideal_interpolation_finds_no_peak_over_the_ceiling(name: str) -> None:
    # The filter that was limited by is not asked here. Sound up to the very end of the band has
    # no peak that a filter of finite length could know, so what lies beyond 0.45 is left out.
    sound = hostile(name, 8_000)
    spectrum = np.fft.rfft(sound, axis=1)
    spectrum[:, int(0.9 * spectrum.shape[1]) :] = 0
    output, _ = limited(np.fft.irfft(spectrum, sound.shape[1], axis=1).astype("f4"), 8_000)
    ideal = abs(resample(np.pad(output, ((0, 0), (600, 600))), 32 * (8_800 + 1_200), axis=1)).max()

    assert 20 * log10(ideal) <= CEILING + ALLOWED


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 96_000, 192_000])
def test_music_pushed_by_9_db_stays_under_the_ceiling_at_every_rate(rate: int) -> None:
    sound = song(1, 2, rate)
    sound /= abs(sound).max()
    output, reduction = limited(sound, rate, gain_db=9)

    assert reading(output) <= CEILING + ALLOWED
    assert (measured(output, rate).loudness.true_peak_dbtp or 0) <= CEILING + ALLOWED
    assert 9 <= reduction <= 12


def test_libebur128_finds_music_under_the_ceiling(music: Sound) -> None:
    output, _ = limited(music, gain_db=15)

    assert libebur128.read(output, 48_000).true_peak <= CEILING + ALLOWED


def test_sound_under_the_ceiling_passes_to_the_last_bit() -> None:
    sound = (0.2 * song(2, 3)).astype("f4")
    output, reduction = limited(sound)

    assert np.array_equal(output, sound)
    assert reduction == 0


def test_nothing_is_late_or_early() -> None:
    sound = noise(3, 2, channels=1)
    output, reduction = limited(sound, gain_db=14)
    spectra = np.fft.rfft(np.stack([sound[0], output[0]]), 1 << 18)
    correlation = np.fft.irfft(spectra[1] * spectra[0].conj())

    assert reduction > 3
    assert correlation.argmax() == 0


@pytest.mark.parametrize("samples", [0, 1, 15, 16, 17, 264, 4_095, 4_096, 4_097, 10_000])
def test_as_many_samples_come_out_as_went_in(samples: int) -> None:
    sound = noise(4, 1, samples)[:, :samples] if samples else np.zeros((2, 0), np.float32)
    output, _ = limited(20 * sound)

    assert output.shape == (2, samples)
    assert samples == 0 or reading(output) <= CEILING + ALLOWED


@pytest.mark.parametrize("rate", [8_000, 48_000])
@pytest.mark.parametrize("chunk", [7, 480, 65_536])
def test_results_are_identical_for_any_chunk_size(rate: int, chunk: int) -> None:
    sound = song(5, 40_000 / rate, rate)
    whole, most = limited(sound, rate, gain_db=12, chunk=40_000)
    cut, also = limited(sound, rate, gain_db=12, chunk=chunk)

    assert np.array_equal(cut, whole)
    assert also == most > 0


def test_all_channels_are_turned_alike() -> None:
    sound = noise(6, 1, channels=6)
    sound[0] = 0
    sound[5] *= 20
    output, reduction = limited(sound)
    gains = output[1:] / sound[1:]

    assert reduction > 6
    assert not output[0].any()
    assert np.allclose(gains, gains[4], rtol=1e-5, atol=0)


def test_the_reduction_told_is_what_a_steady_tone_lost() -> None:
    tone = 2 * np.sin(2 * np.pi * 997 / 48_000 * np.arange(96_000))[np.newaxis].astype("f4")
    output, reduction = limited(tone)
    middle = abs(output[0, 40_000:60_000]).max()

    assert reduction == pytest.approx(20 * log10(2) + 1.1, abs=0.02)
    assert 20 * log10(middle) == pytest.approx(-1.1, abs=0.02)


def test_a_peak_is_forgotten_after_a_few_tenths_of_a_second() -> None:
    tone = 0.5 * np.sin(2 * np.pi * 997 / 48_000 * np.arange(96_000))[np.newaxis].astype("f4")
    tone[0, 20_000] = 4
    output, reduction = limited(tone)
    gain = abs(output[0]).reshape(-1, 480).max(axis=1) / abs(tone[0]).reshape(-1, 480).max(axis=1)

    assert reduction == pytest.approx(20 * log10(4) + 1.1, abs=0.1)
    assert np.array_equal(output[:, :19_400], tone[:, :19_400])  # 12 ms before it
    # Half a second later, ten times the release, nothing is left of it that could be heard.
    assert gain[92:].min() > 0.9999


def test_silence_stays_silence() -> None:
    silence = np.zeros((2, 100_000), np.float32)
    output, reduction = limited(silence)

    assert not output.any()
    assert reduction == 0
