"""`python -m benchmarks [NAME …] [--quick] [--write]`: ask the questions, print the tables."""

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks import (
    analysis,
    analysis_memory,
    first_segment,
    job_list,
    job_rate,
    job_recovery,
    job_start,
    ladder,
    loop_lag,
    machine,
    memory,
)
from benchmarks.extent import FULL, QUICK, Extent
from benchmarks.interleaved import NotMeasured
from benchmarks.section import Section

QUESTIONS: Final[Mapping[str, Callable[[Extent, Path], Section]]] = {
    "ladder": ladder.measure,
    "first_segment": first_segment.measure,
    "memory": memory.measure,
    "analysis": analysis.measure,
    "analysis_memory": analysis_memory.measure,
    "loop_lag": loop_lag.measure,
    "job_rate": job_rate.measure,
    "job_recovery": job_recovery.measure,
    "job_start": job_start.measure,
    "job_list": job_list.measure,
}
RESULTS: Final = Path(__file__).with_name("RESULTS.md")
_HEAD: Final = """# Results

Written by `python -m benchmarks [NAME …] --write`; its tables are not edited by hand; the
soak is entered from the output of `make soak`. What is compared is measured in turn in one run;
ratios are what counts, under 1 Houle takes less.
"""


def main() -> None:
    given = _arguments()
    sections: list[Section] = []
    for name in given.names or QUESTIONS:
        on = machine.description()
        section = _asked(name, QUICK if given.quick else FULL)
        section = replace(section, notes=(*section.notes, f"Measured on: {on}."))
        print(f"\n{section.markdown()}", flush=True)
        sections.append(section)
    if given.write:
        RESULTS.write_text(paper(RESULTS.read_text() if RESULTS.exists() else "", sections))
    sys.exit(not all(section.rows for section in sections))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(QUESTIONS))
    parser.add_argument("--quick", action="store_true", help="short sources: only shows it runs")
    parser.add_argument("--write", action="store_true", help=f"put them into {RESULTS.name}")
    given = parser.parse_args()
    if unknown := set(given.names) - set(QUESTIONS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(QUESTIONS)}")
    if given.write and given.quick:
        parser.error("--write needs full length")
    return given


def _asked(name: str, extent: Extent) -> Section:
    """Return the answer, or why there is none: one question must not cost the others theirs."""
    try:
        with tempfile.TemporaryDirectory(prefix="houle-bench-") as folder:
            return QUESTIONS[name](extent, Path(folder))
    except NotMeasured as reason:
        why = str(reason)
    except Exception as error:  # noqa: BLE001 -- the edge of the process
        traceback.print_exc()
        why = f"{type(error).__name__}: {error}"
    return Section(title=name, columns=(), rows=(), notes=(f"Not measured: {why}",))


def paper(old: str, sections: Sequence[Section]) -> str:
    """Put the sections into the page, each in the place of its predecessor."""
    parts = {text.partition("\n")[0]: text.strip() for text in old.split("\n## ")[1:]}
    for section in sections:
        parts[section.title] = section.markdown().removeprefix("## ").strip()
    return "\n## ".join([_HEAD, *(f"{text}\n" for text in parts.values())])


if __name__ == "__main__":
    main()
