"""`python -m tests.waveform.conformance`: write docs/reference/loudness.md.

Ours is measured again by the tests, which hold the page to it; what others read is as it was when
the page was written.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from tests.waveform import ffmpeg_meter, libebur128, readings
from tests.waveform.ebu_cases import AT_OTHER_RATES, CASES, FILE, Case
from tests.waveform.readings import Readings
from tests.waveform.sounds import RATE, Sound

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "loudness.md"
WORDS = Path(__file__).with_name("conformance.md")
HEAD = ("case", "form", "signal", "read", "expected", "Houle", "", "libebur128", "FFmpeg")
OTHERS = len(HEAD) - 2  # where the columns of the others begin
PEERS: Mapping[str, Callable[[Sound, int], Readings]] = {
    "libebur128": libebur128.readings,
    "FFmpeg": ffmpeg_meter.readings,
}
Row: TypeAlias = Sequence[str]


def ours(case: Case) -> list[float]:
    return case.values(readings.of_file if case.form == FILE else readings.live)


def shown(case: Case, values: Sequence[float]) -> str:
    """Return the value that is furthest from where it should be, and how many failed."""
    errors = np.nan_to_num(np.abs(case.errors(values)), nan=np.inf)
    worst = int(errors.argmax())
    text = "none" if np.isnan(values[worst]) else f"{values[worst]:.2f}"
    if len(case.expected) > 1:
        text += f" for {case.expected[worst]:g}"
    failed = case.passed(values).count(False)
    if not failed:
        return text
    return f"**{text}**" if len(values) == 1 else f"**{text}**, {failed} of {len(values)} fail"


def row(case: Case, values: Sequence[float], peers: Row) -> Row:
    tolerance = f"±{case.below:g}" if case.below == case.above else f"+{case.above}/-{case.below}"
    expected = [f"{level:g}" for level in case.expected]
    return (
        case.number,
        case.form,
        case.signal,
        case.reads if case.rate == RATE else f"{case.reads}, {case.rate / 1000:g} kHz",
        f"{expected[0] if len(expected) == 1 else f'{expected[0]} to {expected[-1]}'} {tolerance}",
        shown(case, values),
        "pass" if all(case.passed(values)) else "**fail**",
        *peers,
    )


def table(rows: Sequence[Row]) -> str:
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(rows: Mapping[Case, Row], versions: str) -> str:
    """Put the tables into the words."""
    return WORDS.read_text().format(
        count=len(rows),
        versions=versions,
        cases=table([rows[case] for case in CASES]),
        rates=table([rows[case] for case in AT_OTHER_RATES]),
    )


def main() -> None:
    rows = {
        case: row(case, ours(case), [shown(case, case.values(peer)) for peer in PEERS.values()])
        for case in (*CASES, *AT_OTHER_RATES)
    }
    versions = f"libebur128 {libebur128.version()} and FFmpeg {ffmpeg_meter.version()}"
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(rows, versions))


if __name__ == "__main__":
    main()
