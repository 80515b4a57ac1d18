"""The questions about the analysis can be asked: all formats are measured, and memory is."""

from pathlib import Path

import pytest

from benchmarks import analysis, analysis_memory
from benchmarks.extent import QUICK


@pytest.mark.timeout(180)
def test_every_format_is_analysed_beside_the_others(tmp_path: Path) -> None:
    section = analysis.measure(QUICK, tmp_path)

    assert [row[1] for row in section.rows] == ["WAV", "FLAC", "MP3", "AAC", "Opus"]
    assert {len(row) for row in section.rows} == {len(section.columns)}


def test_the_memory_of_an_analysis_is_told(tmp_path: Path) -> None:
    section = analysis_memory.measure(QUICK, tmp_path)

    assert [row[1:3] for row in section.rows] == [("in memory", "0.02 h"), ("in a file", "0.02 h")]
    assert {float(row[6]) for row in section.rows} == {0.0}  # 45 kB
