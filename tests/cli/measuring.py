"""`houle measure` in this process, and files for it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from typer.testing import CliRunner, Result

from cli.main import app
from tests.waveform.sounds import RATE, Sound


def measure(*arguments: str | float | Path) -> Result:
    return CliRunner().invoke(app, ["measure", *map(str, arguments)])


def told(*arguments: str | float | Path) -> list[dict[str, Any]]:
    ended = measure("--json", *arguments)
    assert ended.exit_code == 0, ended.output
    rows: list[dict[str, Any]] = json.loads(ended.stdout)
    return rows


def written(path: Path, sound: Sound) -> Path:
    """Write the very floats."""
    soundfile.write(path, sound.T, RATE, subtype="FLOAT")
    return path


def ffmpeg(*arguments: str | Path) -> str:
    """Return what it says."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-nostdin", "-y", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr


def decoded(path: Path) -> Sound:
    """Decode stereo with FFmpeg's own command line."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-f", "f32le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    return np.frombuffer(raw, np.float32).reshape(-1, 2).T
