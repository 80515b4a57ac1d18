"""What a listener decodes stays below full scale and at one loudness, whatever encoders add."""

from collections.abc import Callable
from math import log10
from typing import Any

import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import CodecContext
from numpy.typing import NDArray

from hls.timeline import AAC_PRIMING, Grid
from transcoder import pcm
from transcoder.encode import AacEncoder
from transcoder.guard import Guard, Room
from transcoder.reports import Analysed, RenditionFinished
from transcoder.resample import to_frame
from transcoder.verify import decoded, true_peak


def abrupt_tones(rate: int, seconds: float) -> NDArray[np.float64]:
    """Full tones from the first sample on: FFmpeg's encoder bursts at such a start."""
    time = np.arange(round(rate * seconds)) / rate
    tones = [np.sin(2 * np.pi * f * time + i) for i, f in enumerate((220, 440, 1000, 2500))]
    sound = np.stack([np.mean(tones, axis=0)] * 2)
    sound += np.random.default_rng(2).standard_normal(sound.shape) * 0.003
    return np.asarray(sound / np.abs(sound).max() * 10 ** (-1.2 / 20))


def saturated(rate: int, seconds: float) -> NDArray[np.float64]:
    """Tones pressed flat: every encoder lifts their peaks by decibels."""
    time = np.arange(round(rate * seconds)) / rate
    tones = [np.sin(2 * np.pi * f * time + i) for i, f in enumerate((131, 617, 3001, 5077))]
    return np.stack([np.tanh(2 * np.sum(tones, axis=0))] * 2) * 10 ** (-1.5 / 20)


def peak_of_the_start(sound: NDArray[Any], rate: int) -> float:
    return 20 * log10(true_peak(sound[:, : rate // 20]))


def encoded_without_silence(sound: pcm.Sound, rate: int, bit_rate: int) -> list[bytes]:
    """Encode by libavcodec directly, from the first sample on."""
    context: AudioCodecContext = CodecContext.create("aac", "w")
    context.sample_rate, context.layout, context.format = rate, "stereo", "fltp"
    context.options = {"b": str(bit_rate)}
    frames = (to_frame(sound, rate), None)
    return [bytes(packet) for frame in frames for packet in context.encode(frame)]


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("bit_rate", [128_000, 192_000, 320_000])
def test_an_abrupt_start_does_not_burst(bit_rate: int, rate: int) -> None:
    """Of the bare encoder: the guard would hide a burst, and turn the beginning down for it."""
    sound = saturated(rate, 1).astype(np.float32)
    encoder = AacEncoder(rate, 2, bit_rate)
    track = encoder.track(sound.shape[1])

    ours = encoder.encode(sound) + encoder.finish()
    bursting = encoded_without_silence(sound, rate, bit_rate)

    source = peak_of_the_start(sound, rate)
    assert peak_of_the_start(decoded(bursting, track)[:, AAC_PRIMING:], rate) > source + 2
    assert peak_of_the_start(decoded(ours, track)[:, AAC_PRIMING:], rate) < source + 1


@pytest.mark.parametrize("sound", [abrupt_tones, saturated])
def test_no_rung_decodes_above_full_scale(
    sound: Callable[..., Any], wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    source = wav(sound(44_100, 2), 44_100, "PCM_24")

    track = run(source, target_lufs=0.0)  # so that only the peak limits the gain

    for finished in track.of(RenditionFinished):
        _, peak = track.loudness(finished.rung)
        assert peak <= 0
        if finished.rung != "flac":
            assert finished.true_peak_dbtp == pytest.approx(
                peak, abs=0.3
            )  # FFmpeg interpolates otherwise
    assert track.one(Analysed).loudness.limited_by_peak


def test_a_sound_that_all_encoders_lift_is_turned_down_and_says_so(
    wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    track = run(wav(saturated(44_100, 2), 44_100, "PCM_24"), target_lufs=0.0)

    assert any("encoding lifts its peaks" in note for note in track.one(Analysed).notes)


def white(rate: int) -> NDArray[np.float64]:
    return np.random.default_rng(3).standard_normal((2, rate * 20))


def pink(rate: int) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(white(rate))
    return np.fft.irfft(spectrum / np.sqrt(np.arange(spectrum.shape[1]) + 1))


def applause(rate: int) -> NDArray[np.float64]:
    """Three hundred claps a second, each from its own place."""
    rng = np.random.default_rng(3)
    sound = np.zeros((2, rate * 20))
    for at in rng.integers(0, rate * 20 - 900, 6_000):
        clap = rng.standard_normal(900) * np.exp(-np.arange(900) / rng.uniform(40, 180))
        sound[:, at : at + 900] += rng.uniform(0.2, 1, (2, 1)) * clap
    return sound


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("noise", [white, pink, applause])
def test_all_rungs_of_noise_are_as_loud_as_announced(
    noise: Callable[[int], NDArray[np.float64]],
    rate: int,
    wav: Callable[..., Any],
    run: Callable[..., Any],
) -> None:
    sound = noise(rate)

    track = run(wav(0.5 * sound / np.abs(sound).max(), rate, "PCM_24"), preview=False)

    told = track.one(Analysed).loudness
    for rung in ("aac-64", "aac-128", "aac-192", "aac-320"):
        loudness, _ = track.loudness(rung)
        # FFmpeg tells tenths, so 0.05 of it may be its rounding.
        assert loudness == pytest.approx(told.integrated_lufs + told.gain_db, abs=0.25), rung


def test_a_segment_made_again_joins_its_neighbours_without_a_click() -> None:
    rate, rng = 44_100, np.random.default_rng(5)
    grid = Grid.aac(rate, rate * 20)
    time = np.arange(grid.samples) / rate
    sound = 0.4 * np.stack([np.sin(2 * np.pi * f * time) for f in (330, 441)])
    sound += rng.standard_normal(sound.shape) * 0.01
    blow = slice(rate * 9, rate * 9 + 3_000)
    sound[:, blow] += np.sign(sound[:, blow]) * 0.9  # no encoder keeps that below full scale
    guard = Guard(grid, 2, 128_000, Room(grid, 2))

    packets = [p for piece in np.array_split(sound.astype(np.float32), 30, axis=1)
               for segment in guard.feed(piece) for p in segment]  # fmt: skip
    packets += [p for segment in guard.finish() for p in segment]

    heard = decoded(packets, guard.track)[:, 1024 : 1024 + grid.samples]
    error = np.abs(heard - sound).max(axis=0)
    seams = [grid.decode_time(n) - 1024 for n in range(1, grid.count)]
    assert len(packets) == grid.packet_total
    assert np.abs(heard).max() <= 1
    assert all(error[seam - 2048 : seam + 2048].max() < 0.1 for seam in seams)
