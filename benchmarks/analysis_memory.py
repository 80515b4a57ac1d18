"""N8: what an analysis holds, however long the programme."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.analysis import Subject, encoded, synthesised
from benchmarks.extent import Extent
from benchmarks.section import Section, verdict

MOST: Final = 10.0  # MB


def measure(extent: Extent, folder: Path) -> Section:
    source = encoded(synthesised(folder, extent.seconds), "WAV")
    return Section(
        title="Memory of an analysis (N8)",
        columns=(
            *("goal", "peaks are kept", "programme", "resident after one song, MB"),
            *("at the end, MB", "growth, MB", "peaks, MB", "wanted, MB", ""),
        ),
        rows=[_row(source, extent.analysed_times, spilled=spilled) for spilled in (False, True)],
        notes=(
            f"One analysis, with its curve, of a song of {extent.seconds} s that is decoded "
            f"{extent.analysed_times} times over; stereo, 48 kHz, WAV. Python, numpy, scipy and "
            "PyAV are in both figures.",
            "Peaks of 256 samples a pixel are what grows, 2.7 MB an hour; all else is of one size. "
            "A caller who gives a file for them keeps them out of memory.",
        ),
    )


def _row(source: Path, times: int, *, spilled: bool) -> Sequence[str]:
    with Subject() as subject:
        found = subject.ask("memory", source, times=times, spilled=spilled)
    growth = found["often"] - found["once"]
    return (
        "N8",
        "in a file" if spilled else "in memory",
        f"{found['hours']:.2f} h",
        f"{found['once']:.1f}",
        f"{found['often']:.1f}",
        f"{growth:.1f}",
        f"{found['peaks']:.1f}",
        f"≤ {MOST:.0f}",
        verdict(growth, MOST),
    )
