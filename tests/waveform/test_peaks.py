"""Peaks hold the extremes of every pixel, at any zoom, while the sound still arrives."""

from pathlib import Path

import numpy as np
import pytest

from tests.waveform.counted import counted
from tests.waveform.sounds import measured, noise
from waveform.analysis import Analysis
from waveform.peaks import Bits, FinerThanMeasured, NoZoom, Peaks, PeaksBuilder
from waveform.sixteen_bits import eight_bits, mono_mix, sixteen_bits
from waveform.zooms import ZoomsBuilder


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


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("zoom", [2, 100, 4096, 100_000])
def test_peaks_are_the_same_whatever_the_chunks(zoom: int, bits: Bits) -> None:
    sound = counted(2, 20_011).astype(np.int16)
    whole = PeaksBuilder(48_000, 2, zoom, bits=bits)
    whole.add(sound)
    pixels = whole.finish().pixels

    for chunk in (1, 7, 480, 4096):
        builder = PeaksBuilder(48_000, 2, zoom, bits=bits)
        for start in range(0, sound.shape[1], chunk):
            builder.add(sound[:, start : start + chunk])
            builder.add(sound[:, :0])
        assert np.array_equal(builder.finish().pixels, pixels), chunk


def test_sixteen_bits_are_the_very_samples() -> None:
    builder = PeaksBuilder(8_000, 1, 3, bits=16)
    builder.add(np.array([[5, -32_768, 7, 32_767]], np.int16))

    assert builder.finish().pixels.tolist() == [[[-32_768, 7]], [[32_767, 32_767]]]


def test_sixteen_bits_narrowed_are_the_eight_that_are_measured() -> None:
    sound = counted(2, 9_999).astype(np.int16)
    made = {}
    for bits in (8, 16):
        builder = PeaksBuilder(8_000, 2, 64, bits=8 if bits == 8 else 16)
        builder.add(sound)
        made[bits] = builder.finish()

    assert (made[8].bits, made[16].bits, made[16].narrowed().bits) == (8, 16, 8)
    assert np.array_equal(made[16].narrowed().pixels, made[8].pixels)


def test_every_sample_of_sixteen_bits_becomes_eight_rounded_towards_zero() -> None:
    every = np.arange(-32_768, 32_768, dtype=np.int16)

    assert eight_bits(every).tolist() == [int(value / 256) for value in every.tolist()]


def test_a_mix_is_the_mean_of_samples_rounded_towards_zero() -> None:
    sound = np.array([[-3, 3, -32_768, 32_767, -1], [0, 0, -32_768, 32_767, 2]], np.int16)

    assert mono_mix(sound).tolist() == [[-1, 1, -32_768, 32_767, 0]]


def test_a_mix_of_three_has_no_peaks_that_only_its_channels_have() -> None:
    sound = np.array([[30_000, -30_000], [-30_000, 30_000], [3, -5]], np.int16)

    assert mono_mix(sound).tolist() == [[1, -1]]


def test_floats_become_sixteen_bits_by_where_they_come_from() -> None:
    sound = np.array([[-1.5, -1.0, -0.00001, 0.00001, 1.0, 1e6]], np.float32)

    as_float = sixteen_bits(sound, float_source=True)
    as_integers = sixteen_bits(sound, float_source=False)

    assert as_float.tolist() == [[-32_768, -32_767, 0, 0, 32_767, 32_767]]
    assert as_integers.tolist() == [[-32_768, -32_768, -1, 0, 32_767, 32_767]]


@pytest.mark.parametrize("zoom", [-1, 0, 1, 2**31])
def test_a_zoom_of_which_there_are_no_peaks_is_refused(zoom: int) -> None:
    with pytest.raises(NoZoom, match=f"{zoom} samples per pixel"):
        PeaksBuilder(48_000, 1, zoom)


def test_zooms_of_one_pass_equal_those_measured_alone() -> None:
    sound = counted(2, 70_001).astype(np.int16)
    zooms = [2, 3, 6, 64, 128, 256, 1000, 4096, 131_072]
    together = ZoomsBuilder(48_000, 2, zooms, bits=16)
    alone = {zoom: PeaksBuilder(48_000, 2, zoom, bits=16) for zoom in zooms}
    for start in range(0, sound.shape[1], 999):
        chunk = sound[:, start : start + 999]
        together.add(chunk)
        for builder in alone.values():
            builder.add(chunk)

    made = together.finish()

    assert list(made) == zooms
    for zoom in zooms:
        assert np.array_equal(made[zoom].pixels, alone[zoom].finish().pixels), zoom
        assert made[zoom].samples_per_pixel == zoom


@pytest.mark.parametrize("seconds", [0, 0.01, 5.5])
def test_peaks_that_are_kept_in_a_file_are_the_same(seconds: float, tmp_path: Path) -> None:
    sound = noise(3, seconds)
    analysis, usual = Analysis(48_000, 2), measured(sound).peaks
    seen: list[int] = []
    with (tmp_path / "peaks").open("w+b") as file:
        analysis.peaks.keep_in(file)
        for start in range(0, sound.shape[1], 50_000):
            analysis.feed(sound[:, start : start + 50_000])
            seen += analysis.peaks.take().data
        peaks = analysis.finish().peaks
        seen += analysis.peaks.take().data

        assert np.array_equal(peaks.pixels, usual.pixels)
        assert np.array_equal(peaks.zoom(512).pixels, usual.zoom(512).pixels)
        assert (tmp_path / "peaks").read_bytes() == usual.pixels.tobytes()
    assert seen == usual.mono().zoom(4096).pixels[: len(seen) // 2].ravel().tolist()
