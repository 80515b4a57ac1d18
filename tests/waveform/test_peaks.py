"""Peaks hold the extremes of every pixel, at any zoom, while the sound still arrives."""

import numpy as np
import pytest

from tests.waveform.sounds import measured, noise
from waveform.analysis import Analysis
from waveform.peaks import FinerThanMeasured, Peaks, PeaksBuilder


def built(*samples: list[float], float_source: bool = False) -> list[list[list[int]]]:
    builder = PeaksBuilder(8_000, len(samples), 4, float_source=float_source)
    builder.add(np.array(samples, np.float32))
    pixels: list[list[list[int]]] = builder.finish().pixels.tolist()
    return pixels


def test_each_pixel_has_the_lowest_and_the_highest_sample_of_each_channel() -> None:
    left = [0.5, -0.25, 0, 0, 0.125, 0.25]
    right = [0, 0, 0, 0, -1, 0.75]

    assert built(left, right) == [[[-32, 64], [0, 0]], [[16, 32], [-128, 96]]]


def test_pixels_are_rounded_towards_zero() -> None:
    assert built([255 / 32_768, -255 / 32_768, 0, 0]) == [[[0, 0]]]
    assert built([257 / 32_768, -257 / 32_768, 0, 0]) == [[[-1, 1]]]


def test_floating_point_files_are_scaled_as_audiowaveform_does() -> None:
    just_one = [1 / 128, 0, 0, 0]

    assert built(just_one) == [[[0, 1]]]
    assert built(just_one, float_source=True) == [[[0, 0]]]


def test_sound_above_full_scale_is_clipped() -> None:
    assert built([1.6, -1.6, 0, 0]) == [[[-128, 127]]]


def test_more_than_two_channels_are_drawn_as_their_mean() -> None:
    sound = np.zeros((6, 512), np.float32)
    sound[:3] = 0.5

    assert measured(sound).peaks.pixels.tolist() == [[[32, 32]]] * 2


def test_a_zoom_equals_peaks_measured_at_that_zoom() -> None:
    sound = noise(1, 3.21)
    for samples_per_pixel in (512, 2048, 4096):
        direct = Analysis(48_000, 2, pixel_samples=samples_per_pixel)
        direct.feed(sound)
        zoomed = measured(sound).peaks.zoom(samples_per_pixel)

        assert np.array_equal(zoomed.pixels, direct.finish().peaks.pixels)
        assert zoomed.samples_per_pixel == samples_per_pixel


def test_a_zoom_between_covers_the_whole_sound() -> None:
    pixels = np.arange(10, dtype=np.int8).repeat(2).reshape(10, 1, 2)
    zoomed = Peaks(48_000, 256, pixels).zoom(640)

    assert zoomed.pixels[:, 0].tolist() == [[0, 1], [2, 4], [5, 6], [7, 9]]


def test_a_finer_zoom_than_measured_is_refused() -> None:
    with pytest.raises(FinerThanMeasured, match="128 samples per pixel"):
        measured(noise(1, 1)).peaks.zoom(128)


def test_mono_is_the_envelope_of_all_channels() -> None:
    pixels = np.array([[[-10, 5], [-3, 8]]], np.int8)

    assert Peaks(48_000, 256, pixels).mono().pixels.tolist() == [[[-10, 8]]]


def test_the_overview_arrives_while_the_sound_does() -> None:
    sound = noise(2, 5.5)
    analysis = Analysis(48_000, 2)
    seen: list[int] = []
    for start in range(0, sound.shape[1], 50_000):
        analysis.feed(sound[:, start : start + 50_000])
        overview = analysis.peaks.take()
        assert overview.start == len(seen) // 2
        assert overview.samples_per_pixel == 4096
        seen += overview.data
    before_the_end = len(seen) // 2
    peaks = analysis.finish().peaks.mono().zoom(4096)
    seen += analysis.peaks.take().data

    assert before_the_end == 5 * 48_000 // 4096
    assert seen == peaks.pixels[:-1].ravel().tolist()  # the last pixel is a partial one


def test_no_sound_has_no_pixels() -> None:
    peaks = measured(np.zeros((2, 0), np.float32)).peaks

    assert peaks.length == 0
    assert peaks.zoom(4096).length == 0
    assert peaks.mono().length == 0


def test_three_hours_of_stereo_peaks_are_7_megabytes() -> None:
    builder = PeaksBuilder(44_100, 2)
    second = noise(1, 1, 44_100)
    for _ in range(300):
        builder.add(second)

    assert builder.finish().pixels.nbytes * 36 < 7.5e6
