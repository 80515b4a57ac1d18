"""Real music, decoded once by ffmpeg."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.waveform.sounds import Sound

MUSIC = Path("/usr/share/games/wesnoth/1.16/data/core/music")


@pytest.fixture(scope="session")
def music() -> Sound:
    """Twenty seconds from the middle of a battle, stereo at 48 kHz."""
    command = ["ffmpeg", "-v", "error", "-ss", "40", "-t", "20", "-i", str(MUSIC / "battle.ogg")]
    raw = subprocess.run(
        [*command, "-f", "f32le", "-ac", "2", "-ar", "48000", "-"], capture_output=True, check=True
    ).stdout
    return np.ascontiguousarray(np.frombuffer(raw, np.float32).reshape(-1, 2).T)
