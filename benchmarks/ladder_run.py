"""The subject of `ladder`, a process of its own: the AAC ladder of one WAV file, as CMAF files.

Encoding and packaging alone is what ffmpeg's command line does too; `--verified` is the product's
own pass, which decodes each rung while it is made, measures it and keeps its peaks down.
"""

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from hls.timeline import Grid
from transcoder import pcm
from transcoder.encode import AacEncoder
from transcoder.fan_out import fan_out
from transcoder.ladder import Rung
from transcoder.package import Packager
from transcoder.probe import describe, open_source, sound_stream
from transcoder.render import REVISION, Pass, Rendition
from transcoder.reports import Report
from transcoder.source import Source
from transcoder.telling import Share, Teller

_DEPTH = 4  # as in the product's pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("kbits", type=int, nargs="+")
    parser.add_argument("--verified", action="store_true")
    parser.add_argument("--gain", type=float, default=0.0, metavar="DB")
    given = parser.parse_args()
    rungs = [Rung(f"aac-{rate}", "aac", 1000 * rate) for rate in given.kbits]
    source, grid = _opened(given.source, given.output)
    if given.verified:
        teller = Teller(_ignore)
        rendering = Pass(source, grid, given.gain, corrections={}, teller=teller)
        share = Share(teller, "encoding", grid.samples * len(rungs))
        rendering.render([Rendition(rendering, rung) for rung in rungs], share)
    else:
        sinks = [partial(_make, source, grid, rung) for rung in rungs]
        fan_out(source.rendered(grid, given.gain), sinks, depth=_DEPTH)


def _opened(path: Path, output: Path) -> tuple[Source, Grid]:
    with open_source(str(path), "wav") as media:
        sound = describe(media, sound_stream(media), "wav")
    assert sound.duration is not None  # of a WAV file it is exact
    grid = Grid.aac(sound.rate, int(sound.duration * sound.rate))
    return Source(str(path), "wav", output, sound), grid


def _make(source: Source, grid: Grid, rung: Rung, sounds: Iterator[pcm.Sound]) -> None:
    encoder = AacEncoder(grid.rate, source.sound.served_channels, rung.bit_rate)
    packager = Packager(source.output, rung, REVISION, grid, _ignore)
    packager.start(encoder.track(grid.samples))
    for sound in sounds:
        packager.add(encoder.encode(sound) if sound.size else [])
    packager.finish(encoder.finish())


def _ignore(_report: Report) -> None:
    """Nobody listens."""


if __name__ == "__main__":
    main()
