"""Real encoders are caught at their walls; what nature, tape or a resampler took away is not."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from tests.waveform.codecs import rounded, through, through_vorbis
from tests.waveform.sounds import Sound, noise, sine, song
from waveform.bandwidth_verdict import Bandwidth, Confidence, Extent
from waveform.inspection import Collector, Inspection

Programme = Callable[[int], Sound]
PROGRAMMES: dict[str, Programme] = {
    "song": cache(lambda rate: song(3, 6, rate)),
    "noise": cache(lambda rate: noise(2, 6, rate)),
    "dark": cache(lambda rate: low_passed(4 * noise(4, 6, rate), rate, 300, 1)),
}


def low_passed(sound: Sound, rate: int, corner: int, order: int) -> Sound:
    filtered = sosfilt(butter(order, corner, fs=rate, output="sos"), sound)
    return np.asarray(filtered, np.float32)


def found(sound: Sound, rate: int) -> Bandwidth | None:
    inspection = Inspection(rate, len(sound), collectors={Collector.BANDWIDTH})
    inspection.feed(sound)
    return inspection.finish().bandwidth


def certain(sound: Sound, rate: int) -> Bandwidth:
    bandwidth = found(sound, rate)
    assert bandwidth
    return bandwidth


def resampled(sound: Sound, before: int, after: int) -> Sound:
    source = ["-f", "f32le", "-ar", str(before), "-ac", "2", "-i", "pipe:"]
    graph = f"aresample={after}:resampler=soxr"
    command = ["ffmpeg", "-v", "error", *source, "-af", graph, "-f", "f32le", "-"]
    raw = subprocess.run(
        command, input=np.ascontiguousarray(sound.T).tobytes(), capture_output=True, check=True
    ).stdout
    return np.ascontiguousarray(np.frombuffer(raw, np.float32).reshape(-1, 2).T)


@pytest.mark.parametrize("name", PROGRAMMES)
@pytest.mark.parametrize(
    ("codec", "bit_rate", "rate", "least", "most"),
    [
        ("libmp3lame", 128_000, 44_100, 16_000, 17_000),
        ("libmp3lame", 192_000, 44_100, 18_300, 19_300),
        ("libmp3lame", 320_000, 44_100, 19_800, 20_500),
        ("aac", 128_000, 48_000, 17_000, 18_500),
        ("libopus", 96_000, 48_000, 19_900, 20_500),
    ],
)
def test_what_an_encoder_cut_off_is_probably_lossy(
    name: str, codec: str, bit_rate: int, rate: int, least: int, most: int
) -> None:
    encoded = rounded(through(PROGRAMMES[name](rate), rate, codec, bit_rate))
    bandwidth = certain(encoded, rate)

    assert bandwidth.extent is Extent.LOSSY
    assert least <= bandwidth.edge_hz <= most
    assert bandwidth.confidence is not Confidence.HIGH or most < 20_000


@pytest.mark.parametrize(("compression", "edge"), [(0.8, 16_700), (0.6, 19_000)])
def test_vorbis_is_probably_lossy(compression: float, edge: int) -> None:
    encoded = rounded(through_vorbis(song(3, 8, 44_100), 44_100, compression))
    bandwidth = certain(encoded, 44_100)

    assert bandwidth.extent is Extent.LOSSY
    assert bandwidth.edge_hz == pytest.approx(edge, abs=500)


def test_music_out_of_an_ogg_file_is_probably_lossy(music: Sound) -> None:
    bandwidth = certain(rounded(music), 48_000)

    assert bandwidth.extent is Extent.LOSSY
    assert bandwidth.confidence is not Confidence.HIGH


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("name", PROGRAMMES)
def test_what_was_never_encoded_holds_all_frequencies(name: str, rate: int) -> None:
    bandwidth = certain(rounded(PROGRAMMES[name](rate)), rate)

    assert bandwidth.extent is Extent.FULL
    assert bandwidth.edge_hz > 20_000


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize(
    ("corner", "order", "hiss"),
    [(14_000, 4, -65), (10_000, 2, -58), (16_000, 8, -120), (12_000, 6, -120), (18_000, 8, -90)],
    ids=["vinyl", "tape", "steep", "dark", "digital"],
)
@pytest.mark.parametrize("name", PROGRAMMES)
def test_low_passed_recordings_are_not_called_lossy(
    name: str, corner: int, order: int, hiss: float, rate: int
) -> None:
    recording = low_passed(PROGRAMMES[name](rate), rate, corner, order)
    recording += np.float32(10 ** (1 + hiss / 20)) * noise(9, 6, rate)

    assert certain(rounded(recording), rate).extent is not Extent.LOSSY


@pytest.mark.parametrize(
    ("before", "after"), [(44_100, 48_000), (44_100, 96_000), (48_000, 96_000), (22_050, 44_100)]
)
def test_resampled_sound_is_told_from_encoded_sound(before: int, after: int) -> None:
    bandwidth = certain(rounded(resampled(song(3, 8, before), before, after)), after)

    assert bandwidth.extent is Extent.LIMITED
    assert bandwidth.resampled_from == before
    assert 0.92 * before / 2 < bandwidth.edge_hz <= before / 2


def test_the_wall_of_32_khz_is_only_possibly_an_encoders() -> None:
    bandwidth = certain(rounded(resampled(song(3, 8, 32_000), 32_000, 44_100)), 44_100)

    assert bandwidth.confidence is Confidence.LOW


def test_resampling_downwards_leaves_all_frequencies() -> None:
    assert certain(resampled(song(3, 8, 96_000), 96_000, 44_100), 44_100).extent is Extent.FULL


def test_speech_of_a_low_rate_is_full_to_its_half(tmp_path: Path) -> None:
    text = "The quick brown fox jumps over the lazy dog, seven times each morning. " * 2
    subprocess.run(["espeak-ng", "-w", str(tmp_path / "speech.wav"), text], check=True)
    speech, rate = soundfile.read(tmp_path / "speech.wav", dtype="float32")
    bandwidth = certain(speech[np.newaxis], rate)

    assert bandwidth.extent is Extent.FULL
    assert bandwidth.edge_hz > 0.45 * rate


def test_a_tone_is_limited_to_its_frequency() -> None:
    tone = np.tile(sine(-30, 6, frequency=7_040), (2, 1)).astype("f4")
    bandwidth = certain(tone, 48_000)

    assert bandwidth.extent is Extent.LIMITED
    assert bandwidth.edge_hz == pytest.approx(7_100, abs=100)


def test_sound_on_one_channel_is_enough() -> None:
    sound = rounded(through(song(3, 12, 44_100), 44_100, "libmp3lame", 128_000))
    sound[1] = 0

    assert certain(sound, 44_100).extent is Extent.LOSSY


@pytest.mark.parametrize("seconds", [0.0, 1.0, 6.0])
def test_silence_and_snippets_have_no_verdict(seconds: float) -> None:
    assert found(noise(1, seconds)[:, :60_000], 48_000) is None
    assert found(noise(1, seconds) * np.float32(1e-3), 48_000) is None


def test_rates_of_telephones_and_below_are_not_judged() -> None:
    assert found(noise(1, 10, 4_000), 4_000) is None
