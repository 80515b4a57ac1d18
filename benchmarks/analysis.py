"""N8: one decode for loudness, true peak and peaks, beside the tools that do one of them each."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final, Self

import numpy as np

from benchmarks import peers
from benchmarks.extent import Extent
from benchmarks.interleaved import Disagreement, NotMeasured, ratios, run, spread
from benchmarks.section import Section, verdict_of_rate
from tests.end_to_end.sources import ffmpeg
from tests.waveform.sounds import song

RATE: Final = 48_000
GOALS: Final = {"WAV": 380, "FLAC": 280, "MP3": 320, "AAC": 370, "Opus": 190}  # times real time
SUBJECT: Final = ("env", "OPENBLAS_NUM_THREADS=1", sys.executable, "-m", "benchmarks.analysis_run")
_FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "WAV": ("song.wav", "-c:a", "pcm_s16le"),
    "FLAC": ("song.flac", "-c:a", "flac"),
    "MP3": ("song.mp3", "-c:a", "libmp3lame", "-b:a", "192k"),
    "AAC": ("song.m4a", "-c:a", "aac", "-b:a", "192k"),
    "Opus": ("song.opus", "-c:a", "libopus", "-b:a", "128k"),
}
_PIECE: Final = 20  # seconds of one character; a song has many
_NEAR: Final = 0.06  # LU; ffmpeg says tenths
_NPM: Final = Path("tests/tools/node_modules/@audiowaveform-installer/linux-x64")


@dataclass(slots=True)
class Times:
    """Seconds of CPU, round by round."""

    ours: list[float] = field(default_factory=list)
    libebur128: list[float] = field(default_factory=list)
    ffmpegs: dict[str, list[float]] = field(default_factory=dict)
    audiowaveform: list[float] = field(default_factory=list)


def measure(extent: Extent, folder: Path) -> Section:
    raw = synthesised(folder, extent.seconds)
    names = list(peers.present())
    with Subject() as subject:
        times = {name: _times(subject, name, raw, extent.rounds) for name in GOALS}
    return Section(
        title="Analysis of a song (N8)",
        columns=(
            *("goal", "source", "Houle, x", "wanted", "", "libebur128, x"),
            *(f"{name}, x" for name in names),
            *("audiowaveform, x", f"{names[-1]}, then audiowaveform, x", "ours / theirs"),
        ),
        rows=[_row(name, times[name], extent) for name in GOALS],
        notes=(
            f"{extent.seconds} s of a synthesised song, stereo, {RATE / 1000:g} kHz, MP3 and AAC "
            f"at 192 kbit/s, Opus at 128; {extent.rounds} rounds after a warm-up, each subject in "
            "turn; x = seconds of sound in a second of CPU, median [lowest to highest].",
            "Ours: decoding, gated loudness, range, momentary and short-term maxima every 10 ms, "
            "true peak, sample peak, peaks of 256 samples; in a process that has imported what it "
            "needs, as a zygote's child has.",
            "libebur128: loudness, range and both peaks of samples that are decoded already. "
            "ffmpeg: `ebur128=peak=true`, with its start. audiowaveform: 8 bits, split channels, "
            "256 samples a pixel. To have what ours has, ffmpeg and audiowaveform are run one "
            "after another; ours / theirs is CPU, under 1 ours takes less.",
            "All integrated loudnesses agree within 0.06 LU.",
        ),
    )


def synthesised(folder: Path, seconds: int) -> Path:
    """Write float samples, interleaved: pieces of song, one after another."""
    path = folder / "song.f32"
    with path.open("wb") as file:
        for seed in range(-(-seconds // _PIECE)):
            piece = song(seed, min(_PIECE, seconds - seed * _PIECE), RATE).clip(-1, 1)
            file.write(np.ascontiguousarray(piece.T).tobytes())
    return path


def encoded(raw: Path, name: str) -> Path:
    file, *options = _FILES[name]
    path = raw.with_name(file)
    ffmpeg("-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", str(raw), *options, path)
    return path


def audiowaveform() -> str | None:
    """Return the program, if this machine has it: the system's, or npm's among the test tools."""
    for path in _NPM.rglob("audiowaveform"):
        if path.is_file():
            return str(path)
    return shutil.which("audiowaveform")


class Subject:
    """Our process, which is asked one thing after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            SUBJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process as process:
            process.kill()

    def ask(self, what: str, source: Path, **more: int) -> dict[str, float]:
        assert self._process.stdin
        assert self._process.stdout
        question = {"what": what, "source": str(source), **more}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise NotMeasured(f"the subject ended with {self._process.wait()}")
        answer: dict[str, float] = json.loads(line)
        return answer


def _times(subject: Subject, name: str, raw: Path, rounds: int) -> Times:
    source, decoded = encoded(raw, name), raw.with_name("decoded.f32")
    ffmpeg("-i", str(source), "-f", "f32le", "-ar", str(RATE), "-ac", "2", decoded)
    drawing = _drawing(source)
    _agree(subject, source, decoded)
    times = Times(ffmpegs={peer: [] for peer in peers.present()})
    for _ in range(rounds):
        times.ours.append(subject.ask("ours", source)["cpu"])
        times.libebur128.append(subject.ask("libebur128", decoded, rate=RATE)["cpu"])
        for peer, program in peers.present().items():
            times.ffmpegs[peer].append(run(_metering(program, source)).cpu_seconds)
        if drawing:
            times.audiowaveform.append(run(drawing).cpu_seconds)
    decoded.unlink()
    return times


def _metering(program: str, source: Path) -> list[str]:
    return [program, *peers.QUIET, "-i", str(source), "-af", "ebur128=peak=true", "-f", "null", "-"]


def _drawing(source: Path) -> list[str] | None:
    """Return a command for audiowaveform; none where it is not here or does not take the file."""
    program = audiowaveform()
    if program is None:
        return None
    form = ["-b", "8", "-z", "256", "--split-channels", "-q"]
    command = [program, "-i", str(source), "-o", str(source.with_name("song.dat")), *form]
    try:
        run(command)
    except NotMeasured:
        return None
    return command


def _agree(subject: Subject, source: Path, decoded: Path) -> None:
    """The warm-up, and the proof that all did the same work."""
    found = {
        "Houle": subject.ask("ours", source)["integrated"],
        "libebur128": subject.ask("libebur128", decoded, rate=RATE)["integrated"],
    }
    for peer, program in peers.present().items():
        command = [program, "-nostdin", "-i", str(source), "-af", "ebur128", "-f", "null", "-"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
        found[peer] = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
    if max(found.values()) - min(found.values()) > _NEAR:
        raise Disagreement(f"{source.name}: {found}")


def _row(name: str, times: Times, extent: Extent) -> Sequence[str]:
    def speed(costs: Sequence[float]) -> str:
        return spread([extent.seconds / cost for cost in costs], 0)

    ours = [extent.seconds / cost for cost in times.ours]
    goal = GOALS[name]
    judged = (f"≥ {goal}", verdict_of_rate(median(ours), goal))
    alone = (speed(times.libebur128), *map(speed, times.ffmpegs.values()))
    if not times.audiowaveform:
        missing = "not here" if audiowaveform() is None else "does not take it"
        return ("N8", name, spread(ours, 0), *judged, *alone, missing, "", "")
    newest = list(times.ffmpegs.values())[-1]
    both = [sum(pair) for pair in zip(newest, times.audiowaveform, strict=True)]
    drawn = (speed(times.audiowaveform), speed(both), spread(ratios(times.ours, both)))
    return ("N8", name, spread(ours, 0), *judged, *alone, *drawn)
