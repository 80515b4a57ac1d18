"""What was measured on what: commit, machine, versions."""

import os
import platform
import subprocess
from pathlib import Path

import av

from benchmarks import peers


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def description() -> str:
    """Say it in one line; taken before measuring, or the load would be our own."""
    libavcodec = ".".join(map(str, av.library_versions["libavcodec"]))
    load = os.getloadavg()[0]
    return (
        f"commit {_commit()}; {os.cpu_count()} cores, {_processor()}; load {load:.1f}; "
        f"Python {platform.python_version()}, PyAV {av.__version__} (libavcodec {libavcodec}), "
        f"{' and '.join(peers.ffmpegs())}"
    )
