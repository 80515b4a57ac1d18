"""The real audiowaveform, as npm has it: version 1.6.0 for Linux on x64.

A newer one is not to be had as a package. All that is compared with it was also compared once, on
2026-11-22, with 1.10.3 built from its source (commit 9edb233 of bbc/audiowaveform): equal, too.
"""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = (
    Path(__file__).parents[1]
    / "tools/node_modules/@audiowaveform-installer/linux-x64/audiowaveform"
)


def audiowaveform(source: Path, output: Path, *options: str | int) -> bytes:
    """Return what it writes; the suffix of the output says in which form."""
    if not PROGRAM.is_file():
        if sys.platform == "linux" and platform.machine() == "x86_64":
            pytest.fail("tests/tools/node_modules is missing: run `make setup-dev`")
        pytest.skip("audiowaveform can be had for Linux on x64 alone")
    command: list[str | Path] = [PROGRAM, "-q", "-i", source, "-o", output, *map(str, options)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return output.read_bytes()
