"""Sounds made by rule, files made of them by FFmpeg, and FFmpeg as the judge of what comes out."""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

# As the zygote does; on a busy machine threads of BLAS cost more than they bring.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from transcoder.analyse import analyse
from transcoder.ladder import Rung
from transcoder.pipeline import ingest, look_into
from transcoder.preview import Preview
from transcoder.reports import Report
from transcoder.spec import IngestSpec
from transcoder.telling import Teller
from waveform.analysis import Measured

R = TypeVar("R")
Sound = NDArray[np.float32]  # (channels, samples)


def ffmpeg(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True)


def decoded(path: Path, *options: str, channels: int) -> Sound:
    """Decode with FFmpeg's own command line."""
    raw = ffmpeg("-i", str(path), *options, "-f", "f32le", "-").stdout
    return np.frombuffer(raw, np.float32).reshape(-1, channels).T


@dataclass
class Ingest:
    output: Path
    reports: list[Report] = field(default_factory=list)
    measured: Measured | None = None

    def of(self, kind: type[R]) -> list[R]:
        return [report for report in self.reports if isinstance(report, kind)]

    def one(self, kind: type[R]) -> R:
        (report,) = self.of(kind)
        return report

    def file(self, rung: str, revision: int = 1) -> Path:
        """Join init and segments into one file that FFmpeg can open."""
        folder = self.output / f"r{revision}" / rung
        segments = sorted(folder.glob("*.m4s"), key=lambda path: int(path.stem))
        joined = self.output / f"{rung}.mp4"
        joined.write_bytes(b"".join(p.read_bytes() for p in (folder / "init.mp4", *segments)))
        return joined

    def sound(self, rung: str, channels: int, revision: int = 1) -> Sound:
        """Decode a rung; FFmpeg must not find a single fault in it."""
        file = self.file(rung, revision)
        assert ffmpeg("-i", str(file), "-f", "null", "-").stderr == b""
        return decoded(file, channels=channels)

    def loudness(self, rung: str) -> tuple[float, float]:
        """Ask FFmpeg's own meter for loudness and true peak."""
        command = ["ffmpeg", "-nostdin", "-i", str(self.file(rung))]
        command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
        summary = subprocess.run(command, check=True, capture_output=True, text=True).stderr
        summary = summary[summary.rindex("Summary:") :]
        loudness = re.search(r"I: +(\S+) LUFS", summary)
        peak = re.search(r"Peak: +(\S+) dBFS", summary)
        assert loudness
        assert peak
        return float(loudness[1]), float(peak[1])


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ingest]:
    """Ingest a file in this very process."""

    def run(source: Path, **options: Any) -> Ingest:
        result = Ingest(tmp_path / "out")
        result.output.mkdir(exist_ok=True)
        spec = IngestSpec(
            source=str(source), output=str(result.output), file_name=source.name, **options
        )
        ingest(spec, result.reports.append)
        return result

    return run


@pytest.fixture
def heard_first(tmp_path: Path) -> Callable[..., Ingest]:
    """Do the first pass alone: the measurement with a preview beside it."""

    def heard_first(source: Path) -> Ingest:
        result = Ingest(tmp_path / "out")
        result.output.mkdir(exist_ok=True)
        spec = IngestSpec(source=str(source), output=str(result.output), file_name=source.name)
        teller = Teller(result.reports.append)
        looked = look_into(spec, teller)
        preview = Preview(looked, Rung("aac-128", "aac", 128_000), teller)
        result.measured = analyse(looked, teller, None, preview).measured
        return result

    return heard_first


@pytest.fixture(scope="session")
def music() -> Callable[..., Sound]:
    """Tones that come and go over soft noise: something in every band, at any rate."""

    def music(rate: int, seconds: float, channels: int = 2) -> Sound:
        time = np.arange(round(rate * seconds)) / rate
        noise = np.random.default_rng(7).standard_normal((channels, time.size)) * 0.01
        tones = np.zeros_like(time)
        for index, frequency in enumerate((110, 277, 440, 1000, 2500, 5000, 9000)):
            if frequency < 0.4 * rate:
                swell = 0.6 + 0.4 * np.sin(2 * np.pi * (0.3 + 0.2 * index) * time)
                tones += swell * np.sin(2 * np.pi * frequency * time + index) / (2 + index)
        pans = np.linspace(1.0, 0.6, channels)[:, None]
        return (0.2 * tones * pans + noise).astype(np.float32)

    return music


@pytest.fixture
def wav(tmp_path: Path) -> Callable[..., Path]:
    def wav(sound: Sound, rate: int, subtype: str = "PCM_16", name: str = "in.wav") -> Path:
        path = tmp_path / name
        soundfile.write(path, sound.T, rate, subtype=subtype)
        return path

    return wav


@pytest.fixture
def made(tmp_path: Path, wav: Callable[..., Path]) -> Callable[..., Path]:
    """Encode a sound with FFmpeg into the file of this name."""

    def made(sound: Sound, rate: int, name: str, *options: str) -> Path:
        original = wav(sound, rate, "PCM_24", "original.wav")
        ffmpeg("-i", str(original), *options, str(tmp_path / name))
        return tmp_path / name

    return made


@pytest.fixture(scope="session")
def lag_of() -> Callable[[Sound, Sound], int]:
    """Find by how many samples the first sound is later than the second, and like it at all."""

    def lag_of(late: Sound, reference: Sound) -> int:
        size = min(late.shape[1], reference.shape[1], 1 << 17)
        spectra = [np.fft.rfft(each[0, :size], 2 * size) for each in (late, reference)]
        match = np.fft.irfft(spectra[0] * spectra[1].conj())
        energy = np.sqrt(np.square(late[0, :size]).sum() * np.square(reference[0, :size]).sum())
        best = int(match.argmax())
        assert match[best] > 0.9 * energy, "these are not the same sound"
        return best if best < size else best - 2 * size

    return lag_of


@pytest.fixture(scope="session")
def by_ffmpeg() -> Callable[..., Sound]:
    return decoded
