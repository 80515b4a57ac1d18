"""Reports, specs and errors survive the way through JSON; what is none of them is refused."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from transcoder.errors import Refused, rebuild
from transcoder.reports import (
    Analysed,
    Loudness,
    Probed,
    Progress,
    RenditionFinished,
    Report,
    SegmentMade,
    UnknownReport,
    from_json,
    to_json,
)
from transcoder.spec import IngestSpec

LOUDNESS = Loudness(
    integrated_lufs=None,
    range_lu=3.5,
    true_peak_dbtp=-1.0,
    momentary_max_lufs=None,
    short_term_max_lufs=None,
    gain_db=0.0,
    limited_by_peak=False,
)
REPORTS: list[Report] = [
    Probed(
        container="wav", codec="pcm_s16le", sample_rate=44_100, channels=2, bits=16,
        bit_rate=None, duration_ms=None, lossless=True, tags={"title": "Ä"},
    ),
    Progress(stage="analysing", percent=3, peaks=[-1, 1], peaks_start=0, samples_per_pixel=4096),
    SegmentMade(rung="flac", revision=1, n=0, file="r1/flac/0.m4s", bytes=9, ticks=8),
    RenditionFinished(
        rung="flac", revision=1, segments=1, samples=2, bytes=3, peak_bandwidth=4,
        average_bandwidth=5, integrated_lufs=None, true_peak_dbtp=-0.5,
    ),
    Analysed(
        samples=1, sample_rate=44_100, duration_ms=0, loudness=LOUDNESS, waveform="waveform.dat",
        rungs=["flac"], notes=["short"],
    ),
]  # fmt: skip


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.type)
def test_a_report_survives_json(report: Report) -> None:
    assert from_json(json.loads(json.dumps(to_json(report)))) == report


@pytest.mark.parametrize(
    "damage",
    [
        {"type": "segment"},
        {"extra": 1},
        {"n": "0"},
        {"n": None},
        {"bytes": 1.5},
        {"rung": ["flac"]},
        {"file": "../../r1/flac/0.m4s"},
        {"file": "/etc/passwd"},
        {"n": -1},
    ],
)
def test_a_message_that_is_no_report_is_refused(damage: dict[str, object]) -> None:
    message = to_json(REPORTS[2]) | damage

    with pytest.raises(UnknownReport):
        from_json(message)


def test_an_error_survives_code_and_message() -> None:
    error = rebuild("refused", "This is a playlist.")

    assert isinstance(error, Refused)
    assert str(error) == "This is a playlist."
    assert not error.retryable


def test_a_spec_survives_json() -> None:
    spec = IngestSpec(source="/in", output="/out", file_name="ä.wav", target_lufs=-16)

    assert IngestSpec.from_json(json.loads(json.dumps(asdict(spec)))) == spec


def test_the_words_load_no_media_library() -> None:
    program = (
        "import sys, transcoder.spec, transcoder.reports, transcoder.errors, transcoder.sniff;"
        "sys.exit(bool({'av', 'numpy', 'scipy'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
