"""The second pass: AAC rungs of one revision, from one decode at the planned gain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from hls.timeline import Grid
from transcoder import pcm
from transcoder.fan_out import fan_out
from transcoder.guard import Guard
from transcoder.ladder import Rung
from transcoder.package import Packager
from transcoder.source import Source
from transcoder.telling import Share, Teller

REVISION: Final = 1  # 0 is the preview
_DEPTH: Final = 4  # blocks that wait for each encoder; the slowest sets the pace


@dataclass(frozen=True, slots=True)
class Pass:
    """What all rungs of a revision have in common."""

    source: Source
    grid: Grid
    gain_db: float
    corrections: Mapping[str, float]  # dB more for the rungs that would not be equally loud
    teller: Teller
    share: Share

    def render(self, rungs: Sequence[Rung]) -> None:
        """Make these rungs side by side."""
        sounds = self.source.rendered(self.grid, self.gain_db)
        fan_out(sounds, [_Rendition(self, rung).make for rung in rungs], depth=_DEPTH)


class _Rendition:
    def __init__(self, common: Pass, rung: Rung) -> None:
        self._common = common
        self._rung = rung

    def make(self, sounds: Iterator[pcm.Sound]) -> None:
        common, grid = self._common, self._common.grid
        tell = common.teller.tell
        guard = Guard(grid, common.source.sound.served_channels, self._rung.bit_rate)
        packager = Packager(common.source.output, self._rung, REVISION, grid, tell)
        packager.start(guard.track)
        factor = np.float32(10 ** (common.corrections.get(self._rung.name, 0.0) / 20))
        for sound in sounds:
            for packets in guard.feed(sound * factor if factor != 1 else sound):
                packager.add(packets)
            common.share.add(sound.shape[1])
        for packets in guard.finish():
            packager.add(packets)
        packager.finish([])
        tell(packager.finished(guard.loudness()))
