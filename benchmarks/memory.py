"""N6: the memory a media child takes for itself, however long the song, beside ffmpeg's."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from statistics import median

from benchmarks import peers, songs
from benchmarks.extent import Extent, Programme
from benchmarks.ingesting import reports, warm_zygote
from benchmarks.interleaved import NotMeasured, ratios, run, spread
from benchmarks.processes import below, private_mb, zygote
from benchmarks.section import Section, verdict
from transcoder.zygote import Zygote

MOST = 64.0  # MB
_BIRTH = 0.001  # seconds between two looks for the child
_SAMPLE = 0.02


def measure(extent: Extent, folder: Path) -> Section:
    rows = asyncio.run(_rows(extent, folder))
    return Section(
        title="Memory of a media child (N6)",
        columns=(
            *("goal", "source", "private growth, MB"),
            *(column for name in peers.ffmpegs() for column in (f"{name}, peak MB", "ratio")),
            *("wanted, MB", ""),
        ),
        rows=rows,
        notes=(
            "Ours: Private_Clean + Private_Dirty of the child from `/proc/PID/smaps_rollup`, "
            f"every {1000 * _SAMPLE:.0f} ms, highest less first; a whole ingest: measurement, "
            "waveform, preview, FLAC, all AAC rungs with their verification.",
            "ffmpeg: highest resident memory of one process that makes the same AAC rungs.",
            "FLAC sources of a song heard again and again; one run has no spread.",
        ),
    )


async def _rows(extent: Extent, folder: Path) -> list[Sequence[str]]:
    async with warm_zygote() as warm:
        return [await _row(warm, programme, folder) for programme in extent.programmes]


async def _row(warm: Zygote, programme: Programme, folder: Path) -> Sequence[str]:
    source = await asyncio.to_thread(
        songs.song,
        folder,
        "song.flac",
        programme.seconds,
        rate=programme.rate,
        channels=programme.channels,
    )
    grown: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in peers.ffmpegs()}
    for _ in range(programme.runs):
        growth, rungs = await _ingested(warm, source, folder / "memory")
        grown.append(growth)
        for name, program in peers.ffmpegs().items():
            files = {rung.removeprefix("aac-") + "k": str(folder / f"{rung}.m4a") for rung in rungs}
            cost = await asyncio.to_thread(run, peers.ladder(program, str(source), files))
            theirs[name].append(cost.peak_mb)
    beside = [(spread(each, 0), spread(ratios(grown, each))) for each in theirs.values()]
    return (
        *("N6", str(programme), spread(grown, 1)),
        *(cell for pair in beside for cell in pair),
        *(f"≤ {MOST:.0f}", verdict(median(grown), MOST)),
    )


async def _ingested(warm: Zygote, source: Path, output: Path) -> tuple[float, list[str]]:
    """Return the growth in MB, and the AAC rungs that were made."""
    rungs: list[str] = []
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(_growth())
        async with aclosing(reports(warm, source, output)) as told:
            async for report in told:
                if report["type"] == "analysed":
                    rungs = [name for name in report["rungs"] if name.startswith("aac")]
    return watching.result(), rungs


async def _growth() -> float:
    """Wait for the zygote's next child, and watch it to its end."""
    parent = zygote()
    while not (children := below(parent)):  # noqa: ASYNC110 -- another process starts it
        await asyncio.sleep(_BIRTH)
    samples: list[float] = []
    while (now := private_mb(children[0])) is not None and (now or not samples):
        samples.append(now)
        await asyncio.sleep(_SAMPLE)
    if len(samples) < 2:
        raise NotMeasured("the child was gone before it could be looked at")
    return max(samples) - samples[0]
