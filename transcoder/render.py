"""The second pass: AAC rungs of one revision, from one decode at the planned gain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from hls.timeline import Grid
from transcoder import pcm
from transcoder.encode import AacEncoder
from transcoder.fan_out import fan_out
from transcoder.guard import Guard, Room
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

    @property
    def channels(self) -> int:
        return self.source.sound.served_channels

    def render(self, renditions: Sequence["Rendition"], share: Share) -> None:
        """Make these renditions side by side."""
        sounds = self.source.rendered(self.grid, self.gain_db)
        room = Room(self.grid, self.channels)
        sinks = [partial(rendition.make, share=share, room=room) for rendition in renditions]
        fan_out(sounds, sinks, depth=_DEPTH)


class Rendition:
    """One rung, told of at once: what it will consist of is known before a frame is encoded."""

    def __init__(self, common: Pass, rung: Rung) -> None:
        self._common = common
        self._rung = rung
        self._packager = Packager(
            common.source.output, rung, REVISION, common.grid, common.teller.tell
        )
        encoder = AacEncoder(common.grid.rate, common.channels, rung.bit_rate)
        self._packager.start(encoder.track(common.grid.samples))

    def make(self, sounds: Iterator[pcm.Sound], *, share: Share, room: Room) -> None:
        common, packager = self._common, self._packager
        guard = Guard(common.grid, common.channels, self._rung.bit_rate, room)
        factor = np.float32(10 ** (common.corrections.get(self._rung.name, 0.0) / 20))
        for sound in sounds:
            for packets in guard.feed(sound * factor if factor != 1 else sound):
                packager.add(packets)
            share.add(sound.shape[1])
        for packets in guard.finish():
            packager.add(packets)
        packager.finish([])
        common.teller.tell(packager.finished(guard.loudness()))
