"""Music and noise read as libebur128 and FFmpeg read them, at the rates where these are exact."""

from functools import cache

import numpy as np
import pytest

from tests.waveform import ffmpeg_meter, libebur128
from tests.waveform.sounds import Sound, measured, noise, sine, song
from tests.waveform.varied_sounds import KINDS

LOUDNESS = 0.002  # LU
# Of libebur128's own K curve from that of the standard at 44.1 kHz.
DRIFT = {44_100: 0.003, 48_000: 0.0005}
SONGS = [(44_100, 1), (48_000, 2), (44_100, 3), (48_000, 4)]


def assert_libebur128_agrees(sound: Sound, rate: int) -> None:
    ours, theirs = measured(sound, rate).loudness, libebur128.read(sound, rate)
    near = DRIFT[rate]

    assert ours.integrated_lufs == pytest.approx(theirs.integrated, abs=near)
    assert ours.momentary_max_lufs == pytest.approx(theirs.momentary.max(), abs=near)
    assert ours.range_lu == pytest.approx(theirs.range, abs=0.01)
    # Theirs is read at every tenth bin of ours.
    assert theirs.short_term.max() - near <= ours.short_term_max_lufs
    assert ours.short_term_max_lufs <= theirs.short_term.max() + 0.05
    # 12 taps of the standard against 49: white noise shows it most.
    assert ours.true_peak_dbtp == pytest.approx(theirs.true_peak, abs=0.2)


@cache
def drift(rate: int) -> float:
    """Tell how far libebur128 is off by the reference tone; at 48 kHz it has the standard's tables.

    One of its two filters keeps its gain only there; the error is the same for every sound.
    """
    tones = [sine(0, 4, at, frequency=997)[np.newaxis].astype("f4") for at in (rate, 48_000)]
    here, there = (
        libebur128.integrated(tone, at) for tone, at in zip(tones, (rate, 48_000), strict=True)
    )
    return here - there


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_sound_is_as_loud_as_libebur128_says(kind: str, rate: int) -> None:
    sound = KINDS[kind](rate)
    ours, theirs = measured(sound, rate).loudness, libebur128.integrated(sound, rate)

    assert ours.integrated_lufs == pytest.approx(theirs - drift(rate), abs=LOUDNESS)
    assert ours.integrated_lufs == pytest.approx(theirs, abs=DRIFT[rate])


@pytest.mark.parametrize(("rate", "seed"), SONGS)
def test_made_songs_agree_with_libebur128(rate: int, seed: int) -> None:
    assert_libebur128_agrees(song(seed, 15, rate), rate)


def test_white_noise_agrees_with_libebur128() -> None:
    assert_libebur128_agrees(noise(7, 8), 48_000)


def test_real_music_agrees_with_libebur128(music: Sound) -> None:
    assert_libebur128_agrees(music, 48_000)


def test_music_far_too_loud_agrees_with_libebur128(music: Sound) -> None:
    assert_libebur128_agrees(np.clip(20 * music, -4, 4), 48_000)


@pytest.mark.parametrize(("rate", "seed"), SONGS[:2])
def test_made_songs_agree_with_ffmpeg(rate: int, seed: int) -> None:
    sound = song(seed, 15, rate)
    theirs = ffmpeg_meter.integrated(sound, rate)

    assert measured(sound, rate).loudness.integrated_lufs == pytest.approx(theirs, abs=0.01)


def test_real_music_agrees_with_ffmpeg(music: Sound) -> None:
    assert measured(music).loudness.integrated_lufs == pytest.approx(
        ffmpeg_meter.integrated(music, 48_000), abs=0.01
    )


def test_surround_agrees_with_ffmpeg() -> None:
    sound = np.concatenate([song(1, 8, 48_000), song(2, 8, 48_000), noise(3, 8)])
    weights = (1, 1, 1, 0, 1.41, 1.41)
    theirs = ffmpeg_meter.integrated(sound, 48_000)

    assert measured(sound, weights=weights).loudness.integrated_lufs == pytest.approx(
        theirs, abs=0.01
    )
