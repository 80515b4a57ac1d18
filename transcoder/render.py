"""The second pass: AAC rungs of one revision, from one decode at the planned gain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hls.timeline import Grid
from transcoder import pcm
from transcoder.encode import AacEncoder
from transcoder.fan_out import fan_out
from transcoder.ladder import Rung
from transcoder.package import Packager
from transcoder.reports import RenditionFinished
from transcoder.source import Source
from transcoder.telling import Share, Teller
from transcoder.verify import Verifier

_DEPTH = 4  # blocks that wait for each encoder; the slowest sets the pace


@dataclass(frozen=True, slots=True)
class Pass:
    """What all rungs of a revision have in common."""

    source: Source
    grid: Grid
    revision: int
    gain_db: float
    teller: Teller
    share: Share

    def render(self, rungs: Sequence[Rung]) -> list[RenditionFinished]:
        """Make these rungs side by side."""
        renditions = [_Rendition(self, rung) for rung in rungs]
        sounds = self.source.rendered(self.grid, self.gain_db)
        fan_out(sounds, [rendition.make for rendition in renditions], depth=_DEPTH)
        return [each.finished for each in renditions if each.finished]


class _Rendition:
    def __init__(self, common: Pass, rung: Rung) -> None:
        self._common = common
        self._rung = rung
        self.finished: RenditionFinished | None = None

    def make(self, sounds: Iterator[pcm.Sound]) -> None:
        common, grid = self._common, self._common.grid
        channels = common.source.sound.served_channels
        tell = common.teller.tell
        encoder = AacEncoder(grid.rate, channels, self._rung.bit_rate)
        track = encoder.track(grid.samples)
        packager = Packager(common.source.output, self._rung, common.revision, grid, tell)
        packager.start(track)
        verifier = Verifier(track)
        for sound in sounds:
            packets = encoder.encode(sound) if sound.size else []
            packager.add(packets)
            verifier.feed(packets)
            common.share.add(sound.shape[1])
        packets = encoder.finish()
        packager.finish(packets)
        verifier.feed(packets)
        self.finished = packager.finished(verifier.loudness())
        tell(self.finished)
