"""What a listener hears, as samples: ffmpeg decodes, numpy compares."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.end_to_end.sources import ffmpeg

Samples = NDArray[np.float32]


def samples(source: str | Path, *, rate: int, channels: int = 2) -> Samples:
    """Decode anything ffmpeg opens to (channels, n) float32."""
    raw = ffmpeg(
        "-i",
        source,
        "-vn",
        "-map",
        "0:a:0",
        "-f",
        "f32le",
        "-ac",
        str(channels),
        "-ar",
        str(rate),
        "-",
    )
    return np.frombuffer(raw, "<f4").reshape(-1, channels).T


def integers(source: str | Path, channels: int = 2) -> NDArray[np.int32]:
    raw = ffmpeg("-i", source, "-vn", "-map", "0:a:0", "-f", "s32le", "-c:a", "pcm_s32le", "-")
    return np.frombuffer(raw, "<i4").reshape(-1, channels).T


def lag(heard: Samples, truth: Samples) -> int:
    """By how many samples `heard` comes late, by cross-correlation over the common middle."""
    n = min(heard.shape[1], truth.shape[1])
    a, b = heard[0, :n].astype(np.float64), truth[0, :n].astype(np.float64)
    size = 1 << (2 * n - 1).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    best = int(np.argmax(correlation))
    return best if best < size // 2 else best - size


def loudness(source: str | Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP, by ffmpeg's ebur128."""
    command = [
        "ffmpeg",
        "-nostdin",
        "-hide_banner",
        "-i",
        str(source),
        "-vn",
        "-af",
        "ebur128=peak=true",
        "-f",
        "null",
        "-",
    ]
    report = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stderr
    summary = report[report.rindex("Summary:") :]
    integrated = re.search(r"I:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[\d.]+|-inf) dBFS", summary)
    assert integrated is not None
    assert peak is not None
    return float(integrated[1]), float(peak[1])


def duration(source: str | Path) -> float:
    command = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "format=duration",
        "-of",
        "json",
        str(source),
    ]
    answer = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    return float(json.loads(answer)["format"]["duration"])
