"""`houle measure` agrees with ffmpeg, and says in words what it cannot measure."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.cli.measuring import measure, told, written
from tests.waveform import libebur128
from tests.waveform.sounds import RATE, noise, tones

ROOT = Path(__file__).parents[2]


def houle(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "measure", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def song(tmp_path: Path) -> Path:
    random = np.random.default_rng(5)
    swell = np.abs(np.sin(np.arange(8 * 44_100) / 44_100))[:, None]
    path = tmp_path / "colon: song.flac"
    soundfile.write(path, 0.2 * swell * random.standard_normal((8 * 44_100, 2)).clip(-4, 4), 44_100)
    return path


def test_the_figures_are_ffmpegs(song: Path) -> None:
    command = ["ffmpeg", "-hide_banner", "-i", f"file:{song}", "-af", "ebur128=peak=true"]
    said = subprocess.run(
        [*command, "-f", "null", "-"], capture_output=True, text=True, check=True, timeout=60
    ).stderr
    summary = said[said.rindex("Summary:") :]
    integrated, peak = (
        float(re.search(pattern, summary)[1])  # type: ignore[index]
        for pattern in (r"I:\s+(-?[\d.]+)", r"Peak:\s+(-?[\d.]+)")
    )

    (measured,) = json.loads(houle("--json", song).stdout)

    assert measured["file"] == str(song)
    assert measured["loudness"]["integrated_lufs"] == pytest.approx(integrated, abs=0.1)
    assert measured["loudness"]["true_peak_dbtp"] == pytest.approx(peak, abs=0.3)
    assert measured["loudness"]["gain_db"] == pytest.approx(
        min(-14 - integrated, -1 - peak), abs=0.3
    )


def test_what_cannot_be_measured_is_said_and_the_rest_is_measured(
    song: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.mp3").write_text("Dear listener")

    ended = houle(tmp_path / "letter.mp3", tmp_path / "nowhere.wav", song)

    assert ended.returncode == 1
    assert "letter.mp3: This is a text" in ended.stderr
    assert "nowhere.wav: No such file" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "LUFS" in ended.stdout


def test_a_name_in_brackets_is_printed_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(Path("song [live].wav"), noise(1, 1))

    assert measure("song [live].wav").stdout.splitlines()[1].startswith("song [live].wav ")


def test_the_curve_follows_the_tones(tmp_path: Path) -> None:
    (row,) = told("--curve", written(tmp_path / "steps.wav", tones((-30, 5), (-20, 5))))
    curve = row["curve"]

    assert (curve["step_ms"], len(curve["momentary"]), len(curve["short_term"])) == (100, 100, 100)
    assert curve["momentary"][:3] == [None] * 3  # no window of 400 ms is full
    assert curve["short_term"][:29] == [None] * 29
    assert [curve["momentary"][point] for point in (10, 49, 60, 99)] == [-30, -30, -20, -20]
    assert [curve["short_term"][point] for point in (30, 49, 85, 99)] == [-30, -30, -20, -20]


def test_a_curve_is_refused_where_it_cannot_be_shown() -> None:
    ended = measure("--curve", "nowhere.wav")

    assert ended.exit_code == 2
    assert "give --json" in " ".join(ended.stderr.replace("│", " ").split())


def test_mono_may_be_measured_as_two_loudspeakers_play_it(tmp_path: Path) -> None:
    mono = noise(9, 5, channels=1)
    path = written(tmp_path / "mono.wav", mono)
    (one,), (two,) = told(path), told("--dual-mono", path)

    assert two["loudness"]["integrated_lufs"] == pytest.approx(
        libebur128.integrated(mono, RATE, [libebur128.DUAL_MONO]), abs=0.006
    )
    assert two["loudness"]["integrated_lufs"] == pytest.approx(
        one["loudness"]["integrated_lufs"] + 3.01, abs=0.011
    )
    assert two["loudness"]["true_peak_dbtp"] == one["loudness"]["true_peak_dbtp"]


def test_stereo_is_no_louder_as_dual_mono(tmp_path: Path) -> None:
    path = written(tmp_path / "stereo.wav", noise(9, 2))

    assert told("--dual-mono", path) == told(path)
