"""`houle add` waits for a server's work, and not for one that is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_add import rows
from tests.end_to_end.sources import excerpt
from tests.server.served import ROOT, environment, houle, serving
from tests.server.tracks.studio import wav

FLOOR = {"HOULE_DISK_FLOOR": "0"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_what_is_added_beside_a_server_is_ready_when_the_command_ends(
    data: Path, tmp_path: Path
) -> None:
    song = excerpt(tmp_path, seconds=3)
    with serving(data, **FLOOR):
        added = houle("add", str(song), data=data, **FLOOR)

        assert (added.returncode, added.stderr) == (0, "")
        track_id, path = added.stdout.strip().split("  ", 1)
        assert path == str(song)
        assert rows(data, "SELECT id, state FROM tracks") == [(track_id, "ready")]


def test_a_server_that_is_killed_is_not_waited_for(data: Path, tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    song.write_bytes(wav(200_000))
    with serving(data, **FLOOR) as served:
        os.kill(served.child("server.worker_child"), signal.SIGSTOP)  # nothing becomes ready
        adding = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "add", str(song)],
            cwd=ROOT,
            env=environment(data, **FLOOR),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until_there_is_a_track(data)
        served.process.kill()
        out, err = adding.communicate(timeout=40)

    assert adding.returncode == 1
    assert "The server stopped before everything was ready." in err
    assert "1 queued" in err
    assert str(song) in out
    assert "Traceback" not in err


def until_there_is_a_track(data: Path) -> None:
    deadline = time.monotonic() + 30
    while not rows(data, "SELECT id FROM tracks"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
