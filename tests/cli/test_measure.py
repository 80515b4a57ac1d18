"""`houle measure` agrees with ffmpeg, and says in words what it cannot measure."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

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
