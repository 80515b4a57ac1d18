"""N3: from the start of a job to the first segment on disk, beside ffmpeg's own HLS ladder."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks import peers, songs
from benchmarks.extent import Extent
from benchmarks.ingesting import DEFAULT_RUNG, reports, warm_zygote
from benchmarks.interleaved import Disagreement, NotMeasured, ratios, spread
from benchmarks.section import Section, verdict
from transcoder.zygote import Zygote

MOST = 0.35  # seconds
_HLS_TIME = "6.0"  # FFmpeg cuts at the first frame after it, as our grid does
_NEAR = 0.1  # seconds between the lengths of the two first segments
_LOOK = 0.002  # seconds between two looks at their playlist
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Start:
    """One start of ours; all in seconds."""

    heard: float  # the default rung's first segment, mostly the owner's preview
    normalised: float  # its first segment at the final gain
    lasts: float
    rungs: tuple[str, ...]


def measure(extent: Extent, folder: Path) -> Section:
    sources = {name: songs.song(folder, name, extent.seconds) for name in songs.FORMATS}
    rows = asyncio.run(_rows(sources, extent.rounds, folder))
    return Section(
        title="Start of a job to its first segment (N3)",
        columns=(
            *("goal", "source", "first segment, s", "normalised, s"),
            *(column for name in peers.ffmpegs() for column in (f"{name}, s", "ratio")),
            *("wanted, s", ""),
        ),
        rows=rows,
        notes=(
            f"{extent.seconds} s of a song; {extent.rounds} rounds after a warm-up, each subject "
            "in turn; median [lowest to highest]; ratio = our first segment over theirs.",
            "Ours: from `run()` on a warm zygote, sandboxed, niced, to the report of the segment "
            f"of {DEFAULT_RUNG} on disk. The first one is the owner's preview at the file's own "
            "loudness; the normalised one follows when all of the file is measured, and is the "
            "first one of a song so short that it is measured before.",
            "ffmpeg: from its start to the playlist of the 128k variant naming a segment; same "
            "AAC rungs, fMP4, no measurement. Both first segments last the same within 0.1 s.",
        ),
    )


async def _rows(sources: dict[str, Path], rounds: int, folder: Path) -> list[Sequence[str]]:
    async with warm_zygote() as zygote:
        return [await _row(zygote, source, rounds, folder) for source in sources.values()]


async def _row(zygote: Zygote, source: Path, rounds: int, folder: Path) -> Sequence[str]:
    warm_up = await _ours(zygote, source, folder)
    for program in peers.ffmpegs().values():
        _, lasts = await asyncio.to_thread(_theirs, program, source, warm_up.rungs, folder)
        if abs(lasts - warm_up.lasts) > _NEAR:
            raise Disagreement(f"first segments last {warm_up.lasts:.3f} and {lasts:.3f} s")
    ours: list[Start] = []
    theirs: dict[str, list[float]] = {name: [] for name in peers.ffmpegs()}
    for _ in range(rounds):
        ours.append(await _ours(zygote, source, folder))
        for name, program in peers.ffmpegs().items():
            took, _ = await asyncio.to_thread(_theirs, program, source, warm_up.rungs, folder)
            theirs[name].append(took)
    heard = [start.heard for start in ours]
    beside = [(spread(each), spread(ratios(heard, each))) for each in theirs.values()]
    return (
        *("N3", source.suffix.removeprefix(".").upper()),
        *(spread(heard, 3), spread([start.normalised for start in ours], 3)),
        *(cell for pair in beside for cell in pair),
        *(f"≤ {MOST}", verdict(median(heard), MOST)),
    )


async def _ours(zygote: Zygote, source: Path, folder: Path) -> Start:
    started = time.perf_counter()
    heard: dict[int, float] = {}  # by revision
    lasts, rate, rungs = 0.0, 0, ()
    async with aclosing(reports(zygote, source, folder / "ours")) as told:
        async for report in told:
            match report:
                case {"type": "rendition_started", "rung": rung} if rung == DEFAULT_RUNG:
                    rate = int(report["sample_rate"])
                case {"type": "analysed"}:
                    rungs = tuple(name for name in report["rungs"] if name.startswith("aac"))
                case {"type": "segment_made", "rung": rung, "n": 0} if rung == DEFAULT_RUNG:
                    heard[report["revision"]] = time.perf_counter() - started
                    lasts = report["ticks"] / rate
                    if report["revision"]:
                        break
                case _:
                    continue
    if 1 not in heard:
        raise NotMeasured(f"{source.name}: no segment of {DEFAULT_RUNG} was made")
    return Start(min(heard.values()), heard[1], lasts, rungs)


def _theirs(program: str, source: Path, rungs: Sequence[str], folder: Path) -> tuple[float, float]:
    """Return the seconds until a segment of theirs was listed, and how long it lasts."""
    output = folder / "theirs"
    output.mkdir()
    playlist = output / f"{rungs.index(DEFAULT_RUNG)}.m3u8"
    started = time.perf_counter()
    process = subprocess.Popen(_command(program, source, rungs, output), stdin=subprocess.DEVNULL)
    try:
        while not (lasts := _listed(playlist)):
            if time.perf_counter() - started > _PATIENCE or process.poll():
                raise NotMeasured(f"{program} made no segment of {source.name}")
            time.sleep(_LOOK)
        took = time.perf_counter() - started
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(output)
    return took, lasts


def _command(program: str, source: Path, rungs: Sequence[str], output: Path) -> list[str]:
    command = [program, *peers.QUIET, "-i", str(source)]
    for index, rung in enumerate(rungs):
        command += ["-map", "0:a", f"-c:a:{index}", "aac"]
        command += [f"-b:a:{index}", f"{rung.removeprefix('aac-')}k"]
    return [
        *command,
        *("-f", "hls", "-hls_time", _HLS_TIME, "-hls_playlist_type", "event"),
        *("-hls_segment_type", "fmp4", "-master_pl_name", "master.m3u8"),
        *("-var_stream_map", " ".join(f"a:{index}" for index in range(len(rungs)))),
        *("-hls_segment_filename", str(output / "%v-%d.m4s"), str(output / "%v.m3u8")),
    ]


def _listed(playlist: Path) -> float:
    """Return how long the first listed segment lasts; 0 while there is none."""
    try:
        lines = playlist.read_text().splitlines()
    except FileNotFoundError:
        return 0.0
    listed = (line for line, after in pairwise(lines) if ".m4s" in after)
    return next((float(line[8:].rstrip(",")) for line in listed if "#EXTINF:" in line), 0.0)
