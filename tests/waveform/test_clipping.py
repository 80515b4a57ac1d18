"""Clipping is counted run by run, and told from what merely touches full scale."""

from itertools import groupby

import numpy as np
import pytest

from tests.waveform.sounds import Sound, noise, sine, song
from waveform.clipping import Clipping
from waveform.inspection import Collector, Inspection


def found(
    sound: Sound, bits: int | None = None, rate: int = 48_000, chunk: int = 65_536
) -> tuple[Clipping, ...]:
    inspection = Inspection(rate, len(sound), bits=bits, collectors={Collector.CLIPPING})
    for start in range(0, sound.shape[1], chunk):
        inspection.feed(sound[:, start : start + chunk])
    clipping = inspection.finish().clipping
    assert clipping is not None
    return clipping


def counted(channel: np.ndarray, least: float) -> tuple[int, int, int, int | None]:
    """Runs, their samples, the longest and the first one's place, the slow and certain way."""
    place, runs = 0, []
    for value, same in groupby(channel.tolist()):
        length = len(list(same))
        if length >= 3 and abs(value) >= least:
            runs.append((place, length))
        place += length
    lengths = [length for _, length in runs]
    first = runs[0][0] if runs else None
    return len(runs), sum(lengths), max(lengths, default=0), first


def summed(clipping: Clipping) -> tuple[int, int, int, int | None]:
    return clipping.runs, clipping.samples, clipping.longest, clipping.first


def as_integers(sound: np.ndarray, bits: int) -> Sound:
    full = 2.0 ** (bits - 1)
    return (np.clip(np.rint(sound * full), -full, full - 1) / full).astype(np.float32)


def driven(sound: Sound) -> Sound:
    return sound * np.float32(8 / abs(sound).max())


@pytest.mark.parametrize("chunk", [7, 480, 65_536])
@pytest.mark.parametrize("bits", [8, 16, 24])
def test_runs_of_clipped_integers_are_counted(bits: int, chunk: int) -> None:
    sound = as_integers(driven(song(1, 2.5)), bits)
    least = min(0.99997, 1 - 2.0 ** (1 - bits))
    ours = found(sound, bits, chunk=chunk)

    assert [summed(one) for one in ours] == [counted(channel, least) for channel in sound]
    assert min(one.runs for one in ours) > 50


def test_runs_of_clipped_floats_are_counted_above_full_scale_too() -> None:
    sound = np.clip(driven(song(2, 2.5)), -1.5, 1.5)
    ours = found(sound)

    assert [summed(one) for one in ours] == [counted(channel, 0.99997) for channel in sound]
    assert ours[0].runs > 50


def test_a_sine_clipped_at_its_top_shows_two_runs_a_period() -> None:
    tone = as_integers(sine(6, 1, frequency=100)[np.newaxis], 16)
    (one,) = found(tone, 16)

    # Beyond half its height a sine stays for two thirds of its time.
    assert one.runs == 200
    assert one.longest == pytest.approx(48_000 / 200 * 2 / 3, abs=2)
    assert one.first == pytest.approx(48_000 / 100 / 12, abs=1)
    assert one.square_runs == 0


def test_a_run_across_whole_seconds_is_one() -> None:
    sound = np.zeros((1, 5 * 48_000), np.float32)
    sound[0, 40_000:200_000] = 1

    assert summed(found(sound)[0]) == (1, 160_000, 160_000, 40_000)


def test_a_run_that_ends_with_a_second_is_not_joined_to_another_value() -> None:
    sound = np.zeros((1, 96_000), np.float32)
    sound[0, 47_990:48_000], sound[0, 48_000:48_002] = 1, -1
    sound[0, 95_999] = 1

    assert summed(found(sound)[0]) == (1, 10, 10, 47_990)


def test_single_peaks_at_full_scale_are_no_clipping() -> None:
    sound = noise(1, 2)
    sound[:, ::1000] = 1
    sound[:, 1::1000] = 1

    assert [one.runs for one in found(sound)] == [0, 0]


@pytest.mark.parametrize("frequency", [50, 1000])
def test_a_square_wave_at_full_scale_is_told_by_its_edges(frequency: int) -> None:
    wave = np.where(sine(0, 2, frequency=frequency) >= 0, 32_767, -32_768) / 32_768
    (one,) = found(wave[np.newaxis].astype("f4"), 16)

    assert one.runs >= 2 * 2 * frequency - 1
    assert one.square_runs == one.runs


def test_music_that_was_clipped_is_not_taken_for_a_square_wave(music: Sound) -> None:
    for one in found(as_integers(driven(music), 16), 16):
        assert one.runs > 1000
        assert one.square_runs < 0.05 * one.runs


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_damaged_samples_are_no_clipping(value: float) -> None:
    sound = np.full((1, 1000), value, np.float32)

    assert found(sound) == (Clipping(),)
