"""`houle demo`: something to hear, or a sentence."""

import time
from pathlib import Path
from typing import Any

from tests.server.served import Served, houle, serving


def until_ready(served: Served, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 90
    while True:
        _, answer = served.get("/api/v1/tracks")
        tracks = list(answer["items"])
        if [track["state"] for track in tracks] == ["ready"] * count:
            return tracks
        assert time.monotonic() < deadline, tracks
        time.sleep(0.2)


def test_two_songs_can_be_heard_by_anybody(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with serving(data, "--data", str(data), command="demo", HOULE_DISK_FLOOR="0") as served:
        tracks = until_ready(served, 2)

        assert {track["title"] for track in tracks} == {"Long Swell", "Harbour at Four"}
        assert all(track["playable"] for track in tracks)
        assert served.stop() == 0


def test_a_disk_without_room_is_said_in_one_line(tmp_path: Path) -> None:
    data = tmp_path / "demo"

    refused = houle("demo", "--port", "0", "--data", str(data), data=data, HOULE_DISK_FLOOR="1EiB")

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[1:] == [
        "houle: There is not enough room on the server's disk for this file."
    ]
    assert refused.stderr.startswith("composing ")
