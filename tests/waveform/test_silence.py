"""Silence is found where ffmpeg's silencedetect hears it, and where it was put."""

import subprocess

import numpy as np
import pytest

from tests.waveform.sounds import SILENCE, Sound, noise, tones
from waveform.inspection import Collector, Inspection
from waveform.silence import MOST_GAPS, Gap, Silence


def found(sound: Sound, rate: int = 48_000) -> Silence:
    inspection = Inspection(rate, len(sound), collectors={Collector.SILENCE})
    inspection.feed(sound)
    silence = inspection.finish().silence
    assert silence
    return silence


def detected(sound: Sound, rate: int) -> list[tuple[float, float]]:
    """Ask ffmpeg for starts and lengths in seconds."""
    source = ["-f", "f32le", "-ar", str(rate), "-ac", str(len(sound)), "-i", "pipe:"]
    graph = "silencedetect=noise=-60dB:duration=0.5,ametadata=mode=print:file=-"
    command = ["ffmpeg", "-v", "error", *source, "-af", graph, "-f", "null", "-"]
    printed = subprocess.run(
        command, input=np.ascontiguousarray(sound.T).tobytes(), capture_output=True, check=True
    ).stdout.decode()
    values: dict[str, list[float]] = {"silence_start": [], "silence_duration": []}
    for line in printed.splitlines():
        name, _, value = line.removeprefix("lavfi.").partition("=")
        if name in values:
            values[name].append(float(value))
    return list(zip(values["silence_start"], values["silence_duration"], strict=True))


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
def test_silence_is_where_ffmpeg_detects_it(rate: int) -> None:
    sound = noise(1, 12, rate)
    parts = [(0.0, 0.8), (3.0, 0.7), (5.0, 0.3), (7.5, 2.0), (11.2, 0.8)]
    for start, length in parts:
        sound[:, round(start * rate) : round((start + length) * rate)] = 0
    silence = found(sound, rate)
    loud = np.concatenate([sound, noise(2, 0.1, rate)], axis=1)  # ffmpeg reports what has ended
    theirs = detected(loud, rate)

    ours = [(0, silence.leading), *((gap.start, gap.samples) for gap in silence.gaps)]
    ours.append((sound.shape[1] - silence.trailing, silence.trailing))
    assert np.array(ours) / rate == pytest.approx(np.array(theirs), abs=0.02)


def test_bins_of_10_ms_at_the_edges_of_silence_are_exact() -> None:
    silence = found(tones((SILENCE, 1.23), (-6, 2), (SILENCE, 0.5), (-6, 1), (SILENCE, 0.04)))

    assert silence == Silence(
        leading=59_040,
        trailing=1_920,
        gaps=(Gap(155_040, 24_000),),
        gap_count=1,
        gap_samples=24_000,
    )


@pytest.mark.parametrize(("level", "quiet"), [(-57.1, True), (-56.9, False)])
def test_silence_is_less_than_60_db_under_a_full_scale_square(level: float, *, quiet: bool) -> None:
    # A sine's power is 3.01 dB below that of a square wave with the same peak.
    assert (found(tones((-10, 1), (level, 1), (-10, 1))).gap_count == 1) is quiet


def test_one_channel_that_sounds_is_no_silence() -> None:
    sound = tones((-10, 1), (SILENCE, 1), (-10, 1))
    sound[1] = 0.1

    assert found(sound).gap_count == 0


@pytest.mark.parametrize("samples", [0, 1, 100, 96_001])
def test_nothing_but_silence_is_all_leading(samples: int) -> None:
    silence = found(np.zeros((2, samples), np.float32))

    assert (silence.leading, silence.trailing, silence.gap_count) == (samples, 0, 0)


def test_gaps_beyond_the_bound_are_counted() -> None:
    silence = found(np.tile(tones((-6, 0.5), (SILENCE, 0.5)), 100))

    assert (silence.gap_count, len(silence.gaps)) == (99, MOST_GAPS)
    assert silence.gap_samples == 99 * 24_000
    assert silence.trailing == 24_000
