"""The one file of a job, and its programme: decoded from the start as often as it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hls.timeline import Grid
from transcoder import pcm
from transcoder.decode import Findings, frames
from transcoder.probe import Sound, describe, open_source, sound_stream
from transcoder.reframe import Block, blocks
from transcoder.resample import Resampler
from transcoder.sniff import HEAD, sniff


@dataclass(frozen=True, slots=True)
class Source:
    path: str
    container: str
    output: Path
    sound: Sound

    def blocks(self, findings: Findings) -> Iterator[Block]:
        with open_source(self.path, self.container) as media:
            decoded = frames(media, sound_stream(media), self.sound, findings)
            yield from blocks(decoded, self.sound, findings)

    def rendered(self, grid: Grid, gain_db: float) -> Iterator[pcm.Sound]:
        """Decode once more, and yield exactly the samples of the grid with the gain applied."""
        missing = grid.samples
        for sound in self._at_rate(grid.rate, np.float32(10 ** (gain_db / 20))):
            fitting = sound[:, :missing]
            missing -= fitting.shape[1]
            if fitting.size:
                yield fitting
        if missing:  # where the rate was changed, the last sample is sometimes not whole
            yield np.zeros((self.sound.served_channels, missing), np.float32)

    def _at_rate(self, rate: int, factor: np.float32) -> Iterator[pcm.Sound]:
        resampler = Resampler(self.sound.rate, rate, self.sound.served_channels)
        for block in self.blocks(Findings()):
            yield resampler.feed(block.sound * factor)
        yield resampler.flush()


def source_of(path: Path) -> Source:
    """Look at a file on this machine; raises MediaError in words for a person, and OSError."""
    with path.open("rb") as file:
        container = sniff(file.read(HEAD))
    name = str(path.absolute())  # a name with a colon in it is no address when it begins with /
    with open_source(name, container) as media:
        sound = describe(media, sound_stream(media), container)
    return Source(name, container, path.parent, sound)
