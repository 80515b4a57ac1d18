"""The subject of `analysis` and `analysis_memory`, a process of its own that is asked by lines.

Question and answer are JSON. Seconds are of CPU, without the start of Python and its imports,
which a warm zygote has behind it, too.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tests.waveform import libebur128
from transcoder.decode import Findings
from transcoder.measure import measure
from transcoder.probe import describe, open_source, sound_stream
from transcoder.source import Source
from waveform.analysis import Analysis


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(question: dict[str, Any]) -> dict[str, float]:
    path = Path(question["source"])
    match question["what"]:
        case "memory":
            with tempfile.TemporaryFile() as file:
                return grown(path, int(question["times"]), file if question["spilled"] else None)
        case "libebur128":
            return timed(lambda: read_by_libebur128(path, int(question["rate"])))
        case _:
            return timed(lambda: measure(path, lambda _: None).loudness.integrated_lufs)


def timed(work: Callable[[], float | None]) -> dict[str, float]:
    begun = time.process_time()
    integrated = work()
    took = time.process_time() - begun
    return {"cpu": took, "integrated": float("nan") if integrated is None else integrated}


def read_by_libebur128(path: Path, rate: int) -> float:
    """Measure what ours measures, but for maxima, for which it would have to be polled."""
    samples = np.memmap(path, np.float32, "r").reshape(-1, 2)
    return libebur128.whole(samples, rate)


def grown(path: Path, times: int, spill: BinaryIO | None) -> dict[str, float]:
    """Return the resident memory after the file was heard once, and after all, in MB."""
    with open_source(str(path), "wav") as media:
        sound = describe(media, sound_stream(media), "wav")
    source = Source(str(path), "wav", path.parent, sound)
    analysis = Analysis(sound.rate, sound.served_channels, curve=True)
    if spill:
        analysis.peaks.keep_in(spill)
    resident = []
    for _ in range(times):
        for block in source.blocks(Findings()):
            analysis.feed(block.sound)
        resident.append(resident_mb())
    measured = analysis.finish()
    resident.append(resident_mb())
    return {
        "once": resident[0],
        "often": max(resident),
        "peaks": measured.peaks.pixels.nbytes / 1e6,
        "hours": measured.samples / sound.rate / 3600,
    }


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return 1024 * kib / 1e6


if __name__ == "__main__":
    main()
