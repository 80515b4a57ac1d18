"""What a child may do in place of an ingest: the work in small, or harm."""

import os
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from transcoder.errors import NoSound

Tell = Callable[[dict[str, Any]], None]


def segment(spec: dict[str, Any], n: int) -> dict[str, Any]:
    """Make one segment, and return what is told of it."""
    name = f"r1/aac-128/{n}.m4s"
    path = Path(spec["output"]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes([n]) * 10)
    return {"type": "segment_made", "file": name, "n": n}


def work(spec: dict[str, Any], tell: Tell) -> None:
    tell({"type": "progress", "stage": "probing", "percent": 50})
    for n in range(250):
        tell(segment(spec, n))
    tell({"type": "source", "bytes": len(Path(spec["source"]).read_bytes())})


def refuse(spec: dict[str, Any], tell: Tell) -> None:
    tell(segment(spec, 0))
    raise NoSound


def die(spec: dict[str, Any], tell: Tell) -> None:
    tell(segment(spec, 0))
    os.kill(os.getpid(), signal.SIGKILL)


def overflow(spec: dict[str, Any], tell: Tell) -> None:
    """Make segments until the disk is full."""
    tell(segment(spec, 0))
    with (Path(spec["output"]) / "r1/aac-128/1.m4s").open("wb") as file:
        while True:
            file.write(bytes(1 << 20))


def hoard(spec: dict[str, Any], tell: Tell) -> None:
    """Make one file after another and tell of none."""
    for n in count():
        (Path(spec["output"]) / f"{n}").write_bytes(bytes(1 << 20))
        time.sleep(0.01)


def burrow(spec: dict[str, Any], tell: Tell) -> None:
    """Leave folders in folders, the last of them locked."""
    tell(segment(spec, 0))
    for _ in range(3000):
        Path("deeper").mkdir()
        os.chdir("deeper")
    Path("locked").mkdir(0)
    raise NoSound


def lie(spec: dict[str, Any], tell: Tell) -> None:
    """Tell of a file that is not the child's."""
    tell({"type": "segment_made", "file": "../../../secret.key", "n": 0})


def wait(spec: dict[str, Any], tell: Tell) -> None:
    tell(segment(spec, 0))
    signal.pause()
