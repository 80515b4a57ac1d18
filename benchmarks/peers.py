"""The command lines that Houle is measured beside: Debian's ffmpeg, and the newest one there is."""

import subprocess
from functools import cache
from importlib import import_module

from benchmarks.interleaved import NotMeasured

QUIET = ("-nostdin", "-v", "error", "-y")


@cache
def ffmpegs() -> dict[str, str]:
    """Return the programs by their names with versions, the newest last."""
    programs = ("ffmpeg", _newest())
    return {f"ffmpeg {version(program)}": program for program in programs}


@cache
def present() -> dict[str, str]:
    """Return the same, without the newest where it is not installed."""
    try:
        return ffmpegs()
    except NotMeasured:
        return {f"ffmpeg {version('ffmpeg')}": "ffmpeg"}


def version(program: str) -> str:
    """Return what the program calls itself: `5.1.6`, `9.0.2`."""
    said = subprocess.run([program, "-version"], check=True, capture_output=True, text=True)
    return said.stdout.split()[2].removeprefix("n").split("-")[0]


def ladder(program: str, source: str, rungs: dict[str, str]) -> list[str]:
    """One process, one output for each rung: `rungs` is files by bit rates such as `128k`."""
    command = [program, *QUIET, "-i", source]
    for bit_rate, file in rungs.items():
        command += ["-map", "0:a", "-c:a", "aac", "-b:a", bit_rate, file]
    return command


def _newest() -> str:
    # By name: it is in the venv of `make bench` alone, not where types are checked.
    try:
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except ModuleNotFoundError as error:
        raise NotMeasured("the newest ffmpeg is missing; `make bench` installs it") from error
