"""Channels are measured as ffmpeg's astats does, and compared as numpy does."""

import subprocess

import numpy as np
import pytest

from tests.waveform.sounds import Sound, noise, sine, song
from waveform.channels import Channels
from waveform.inspection import Collector, Inspection


def found(sound: Sound, rate: int = 48_000) -> Channels:
    inspection = Inspection(rate, len(sound), collectors={Collector.CHANNELS})
    inspection.feed(sound)
    channels = inspection.finish().channels
    assert channels
    return channels


def astats(sound: Sound, rate: int) -> dict[str, float]:
    source = ["-f", "f32le", "-ar", str(rate), "-ac", str(len(sound)), "-i", "pipe:"]
    graph = "astats=metadata=1,ametadata=mode=print:file=-"
    command = ["ffmpeg", "-v", "error", *source, "-af", graph, "-f", "null", "-"]
    printed = subprocess.run(
        command, input=np.ascontiguousarray(sound.T).tobytes(), capture_output=True, check=True
    ).stdout.decode()
    lines = [line.removeprefix("lavfi.astats.") for line in printed.splitlines() if "=" in line]
    return {name: float(value) for name, _, value in (line.partition("=") for line in lines)}


@pytest.mark.parametrize("rate", [11_025, 48_000])
def test_peak_offset_and_level_are_those_of_ffmpeg(rate: int) -> None:
    sound = song(5, 3.3, rate) + np.array([[0.02], [-0.004]], np.float32)
    stats = astats(sound, rate)

    for index, channel in enumerate(found(sound, rate).channels, start=1):
        assert channel.offset == pytest.approx(stats[f"{index}.DC_offset"], abs=2e-6)
        assert 20 * np.log10(channel.peak) == pytest.approx(stats[f"{index}.Peak_level"], abs=1e-4)
        assert 20 * np.log10(channel.rms) == pytest.approx(stats[f"{index}.RMS_level"], abs=1e-4)


def test_a_sine_on_an_offset_is_both() -> None:
    (channel,) = found((sine(-6, 5, frequency=100) + 0.25)[np.newaxis].astype("f4")).channels

    assert channel.offset == pytest.approx(0.25, abs=1e-6)
    assert channel.peak == pytest.approx(0.25 + 10 ** (-6 / 20), abs=1e-6)
    assert channel.rms == pytest.approx((0.25**2 + 10 ** (-6 / 10) / 2) ** 0.5, abs=1e-6)


@pytest.mark.parametrize("share", [-1.0, -0.7, 0.0, 0.3, 0.9999])
def test_correlation_is_that_of_statistics(share: float) -> None:
    first, second = noise(3, 2.5)
    sound = np.stack([first, share * first + (1 - abs(share)) * second + np.float32(0.3)])
    pair = found(sound.astype("f4")).pair

    assert pair
    assert pair.correlation == pytest.approx(np.corrcoef(sound.astype("f8"))[0, 1], abs=1e-6)


@pytest.mark.parametrize(("factor", "identical", "opposite"), [(1, True, False), (-1, False, True)])
def test_a_copied_channel_is_told_to_the_sample(
    factor: int, *, identical: bool, opposite: bool
) -> None:
    left = song(1, 2.2)[0]
    copied, touched = np.stack([left, factor * left]), np.stack([left, factor * left])
    touched[1, -1] += np.float32(1e-6)
    exact, other = found(copied).pair, found(touched).pair

    assert exact
    assert other
    assert (exact.identical, exact.opposite) == (identical, opposite)
    assert exact.correlation == pytest.approx(factor, abs=1e-9)
    assert (other.identical, other.opposite) == (False, False)


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_a_constant_channel_correlates_with_nothing(value: float) -> None:
    sound = np.stack([np.full(60_000, value, np.float32), noise(1, 1.25)[0]])
    pair = found(sound).pair

    assert pair
    assert pair.correlation is None


@pytest.mark.parametrize("channels", [1, 3, 8])
def test_other_than_stereo_has_no_pair(channels: int) -> None:
    result = found(noise(1, 1, channels=channels))

    assert len(result.channels) == channels
    assert result.pair is None


def test_no_samples_have_figures_of_nothing() -> None:
    result = found(np.zeros((2, 0), np.float32))

    assert [channel.peak for channel in result.channels] == [0, 0]
    assert result.pair
    assert result.pair.correlation is None
