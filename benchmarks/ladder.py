"""N1 and N2: what five AAC rungs of one song cost, beside ffmpeg's command line."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks import peers, songs
from benchmarks.extent import Extent
from benchmarks.interleaved import Cost, Disagreement, NotMeasured, in_turn, ratios, spread
from benchmarks.section import Section, verdict
from transcoder.measure import measure as measured
from transcoder.render import REVISION
from waveform.gain import plan

KBITS = (64, 128, 192, 256, 320)
MOST = 1.05
OURS, VERIFIED = "Houle", "Houle, verified"
_FRAME = 1024
_NEAR = 0.05  # of the bytes: a rung of half the size would be another work
# The product's processes have one BLAS thread, too.
_PYTHON = ("env", "OPENBLAS_NUM_THREADS=1", sys.executable)


def measure(extent: Extent, folder: Path) -> Section:
    source = songs.song(folder, "song.wav", extent.seconds)
    commands = _commands(source, folder)
    made = _Made(folder)
    costs = in_turn(commands, extent.rounds, made.answer)
    start = in_turn({"start": [*_PYTHON, "-c", "import benchmarks.ladder_run"]}, 2, str)["start"]
    rows = [
        _row(ours, theirs, costs, figure)
        for ours in (OURS, VERIFIED)
        for figure in ("cpu", "wall")
        for theirs in peers.ffmpegs()
    ]
    return Section(
        title="Five-rung AAC ladder (N1, N2)",
        columns=("goal", "subject", "s", "beside", "s", "ratio, pair by pair", "wanted", ""),
        rows=rows,
        notes=_notes(extent, made, start),
    )


def _commands(source: Path, folder: Path) -> dict[str, Sequence[str]]:
    loudness = measured(source, lambda _: None).loudness
    gain = plan(loudness, target_lufs=-14, ceiling_dbtp=-1).gain_db  # the product's defaults
    programs = {OURS: "benchmarks.ladder_run", VERIFIED: "benchmarks.ladder_verified_run"}
    commands: dict[str, Sequence[str]] = {
        name: [
            *(*_PYTHON, "-m", program, f"--gain={gain}"),
            *(str(source), str(folder / name), *map(str, KBITS)),
        ]
        for name, program in programs.items()
    }
    for name, program in peers.ffmpegs().items():
        (folder / name).mkdir(exist_ok=True)
        rungs = {f"{rate}k": str(folder / name / f"{rate}.m4a") for rate in KBITS}
        commands[name] = peers.ladder(program, str(source), rungs)
    return commands


def _row(ours: str, theirs: str, costs: dict[str, list[Cost]], figure: str) -> Sequence[str]:
    mine, other = (
        [each.cpu_seconds if figure == "cpu" else each.wall_seconds for each in costs[name]]
        for name in (ours, theirs)
    )
    compared = ratios(mine, other)
    judged = ours == OURS
    return (
        ("N1" if figure == "cpu" else "N2") if judged else "",
        f"{ours}, {figure}",
        spread(mine),
        theirs,
        spread(other),
        spread(compared),
        f"≤ {MOST}" if judged else "",
        verdict(median(compared), MOST) if judged else "",
    )


def _notes(extent: Extent, made: "_Made", start: Sequence[Cost]) -> list[str]:
    sizes = ", ".join(f"{rate}k: {made.relative_size(rate):+.1%}" for rate in KBITS)
    return [
        f"{extent.seconds} s of a song, 44.1 kHz, 16-bit WAV, to {'/'.join(map(str, KBITS))} kbit/s"
        f"; {extent.rounds} rounds after a warm-up; median [lowest to highest].",
        "Houle makes CMAF segments; the command line writes five files from one process.",
        "Both of ours at the gain that the product plans. Verified: each rung is decoded again, "
        "its loudness measured and its true peak held down, as in the product; the command line "
        "does not, so that is not held against the goal.",
        f"Python's start and imports are in our figures: "
        f"{median(each.cpu_seconds for each in start):.2f} s of CPU, which a warm zygote saves.",
        "All outputs decode to the same number of AAC frames. Our bytes beside those of the newest "
        f"ffmpeg: {sizes}.",
    ]


class _Made:
    """What the subjects left on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest = list(peers.ffmpegs())[-1]

    def answer(self, name: str) -> tuple[int, ...]:
        """Return the length of each rung, in frames: some demuxers show the last one's padding."""
        for rate in KBITS:
            if name in {OURS, VERIFIED} and abs(self.relative_size(rate, name)) > _NEAR:
                raise Disagreement(f"{name}: {rate}k differs by {self.relative_size(rate):.1%}")
        return tuple(-(-_decoded(self._file(name, rate)) // _FRAME) for rate in KBITS)

    def relative_size(self, rate: int, name: str = OURS) -> float:
        theirs = self._folder / self._newest / f"{rate}.m4a"
        return self._file(name, rate).stat().st_size / theirs.stat().st_size - 1

    def _file(self, name: str, rate: int) -> Path:
        if name not in {OURS, VERIFIED}:
            return self._folder / name / f"{rate}.m4a"
        rung = self._folder / name / f"r{REVISION}" / f"aac-{rate}"
        joined = self._folder / name / f"{rate}.mp4"
        if not joined.exists():
            segments = sorted(rung.glob("*.m4s"), key=lambda path: int(path.stem))
            parts = [rung / "init.mp4", *segments]
            joined.write_bytes(b"".join(path.read_bytes() for path in parts))
        return joined


def _decoded(path: Path) -> int:
    """Return how many samples come out of a file."""
    program = list(peers.ffmpegs().values())[-1]
    command = [program, *peers.QUIET, "-i", str(path), "-f", "s16le", "-ac", "1", "-"]
    heard = subprocess.run(command, check=False, capture_output=True)
    if heard.returncode or heard.stderr:
        raise NotMeasured(f"{path.name} does not decode: {heard.stderr!r}")
    return len(heard.stdout) // 2
