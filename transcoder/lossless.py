"""The FLAC rung: the very samples of the file, made while they are measured.

Its segments are on disk at once, and told of only when the length is known: the init segment holds
it, and must not change.
"""

from collections.abc import Iterator
from dataclasses import replace

from hls.timeline import Grid, flac_block, segment_samples
from transcoder import pcm
from transcoder.encode import FlacEncoder
from transcoder.fan_out import Pipe
from transcoder.ladder import Rung
from transcoder.package import Packager, publish
from transcoder.reports import RenditionFinished, RenditionStarted, Report, SegmentMade
from transcoder.source import Source
from transcoder.telling import Teller
from waveform.loudness import Loudness

_DEPTH = 8  # blocks that wait for the encoder


class Lossless:
    def __init__(self, source: Source, rung: Rung, revision: int) -> None:
        sound = source.sound
        self._output = source.output
        self._revision = revision
        block = flac_block(sound.rate)
        self._encoder = FlacEncoder(sound.rate, sound.channels, sound.bits or 16, block)
        self._held: list[Report] = []
        grid = Grid(sound.rate, 1, segment_samples(sound.rate), block, 0)
        self._packager = Packager(source.output, rung, revision, grid, self._held.append)
        self._samples = 0
        self._pipe: Pipe[pcm.Exact] = Pipe(self._encode, depth=_DEPTH)

    def put(self, exact: pcm.Exact) -> None:
        self._pipe.put(exact)

    def end(self) -> None:
        """Finish what was put."""
        self._pipe.end()
        self._pipe.join()
        if self._pipe.error:
            raise self._pipe.error

    def abandon(self) -> None:
        self._pipe.abandon()
        self._pipe.join()

    def announce(self, revision: int, teller: Teller, loudness: Loudness) -> None:
        """Tell of the finished rendition; its loudness is that of the samples it holds."""
        if revision == self._revision:
            self._packager.start(self._encoder.track(self._samples))
            *segments, started = self._held
            self._held = [started, *segments, self._packager.finished(loudness)]
        for report in self._held:
            again = revision != self._revision
            teller.tell(self._renumbered(report, revision) if again else report)

    def _renumbered(self, report: Report, revision: int) -> Report:
        """Give a later revision the same segments; copied, for a sandbox may forbid to link."""
        match report:
            case RenditionStarted():
                return replace(report, revision=revision, init=self._copied(report.init, revision))
            case SegmentMade():
                return replace(report, revision=revision, file=self._copied(report.file, revision))
            case RenditionFinished():
                return replace(report, revision=revision)
            case _:
                return report

    def _copied(self, file: str, revision: int) -> str:
        copy = file.replace(f"r{self._revision}/", f"r{revision}/", 1)
        (self._output / copy).parent.mkdir(parents=True, exist_ok=True)
        publish(self._output / copy, (self._output / file).read_bytes())
        return copy

    def _encode(self, pieces: Iterator[pcm.Exact]) -> None:
        for exact in pieces:
            self._samples += len(exact)
            self._packager.grow(self._samples)
            self._packager.add(self._encoder.encode(exact))
        self._packager.finish(self._encoder.finish())
