"""A subject of `ladder`, a process of its own: the AAC ladder of one WAV file, as CMAF files.

Encoding and packaging alone, which is what ffmpeg's command line does too. What measures is not
loaded: that alone takes the time of a rung of a short song.
"""

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from hls.timeline import Grid
from transcoder import pcm
from transcoder.encode import AacEncoder
from transcoder.fan_out import fan_out
from transcoder.ladder import Rung
from transcoder.package import Packager
from transcoder.probe import describe, open_source, sound_stream
from transcoder.reports import Report
from transcoder.source import Source

_DEPTH = 4  # both as in the product's pass
_REVISION = 1


def main() -> None:
    source, grid, rungs, gain = given()
    sinks = [partial(_make, source, grid, rung) for rung in rungs]
    fan_out(source.rendered(grid, gain), sinks, depth=_DEPTH)


def given() -> tuple[Source, Grid, Sequence[Rung], float]:
    """Return what the command line asks for; the gain is in dB."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("kbits", type=int, nargs="+")
    parser.add_argument("--gain", type=float, default=0.0, metavar="DB")
    told = parser.parse_args()
    rungs = [Rung(f"aac-{rate}", "aac", 1000 * rate) for rate in told.kbits]
    return *_opened(told.source, told.output), rungs, told.gain


def ignore(_report: Report) -> None:
    """Nobody listens."""


def _opened(path: Path, output: Path) -> tuple[Source, Grid]:
    with open_source(str(path), "wav") as media:
        sound = describe(media, sound_stream(media), "wav")
    assert sound.duration is not None  # of a WAV file it is exact
    grid = Grid.aac(sound.rate, int(sound.duration * sound.rate))
    return Source(str(path), "wav", output, sound), grid


def _make(source: Source, grid: Grid, rung: Rung, sounds: Iterator[pcm.Sound]) -> None:
    encoder = AacEncoder(grid.rate, source.sound.served_channels, rung.bit_rate)
    packager = Packager(source.output, rung, _REVISION, grid, ignore)
    packager.start(encoder.track(grid.samples))
    for sound in sounds:
        packager.add(encoder.encode(sound) if sound.size else [])
    packager.finish(encoder.finish())


if __name__ == "__main__":
    main()
