"""Revision 0: the beginning as it is, heard by its owner while the rest is still being analysed.

It lives on what the analysis leaves over. Half a minute of sound may wait for its encoder; when it
runs full, the preview ends with what waits, and the analysis has lost nothing.
"""

from collections.abc import Iterator

from hls.timeline import AAC_FRAME, AAC_PRIMING, Grid, aac_rate, segment_samples
from transcoder import pcm
from transcoder.encode import AacEncoder
from transcoder.fan_out import Pipe
from transcoder.ladder import Rung
from transcoder.package import Packager
from transcoder.reframe import BLOCK
from transcoder.resample import Resampler
from transcoder.source import Source
from transcoder.telling import Teller

REVISION = 0
_SECONDS = 30
_BYTES = 12_000_000


class Preview:
    def __init__(self, source: Source, rung: Rung, teller: Teller) -> None:
        self._source = source
        self._rung = rung
        self._teller = teller
        size = BLOCK * 4 * source.sound.served_channels
        depth = min(_SECONDS * source.sound.rate // BLOCK, _BYTES // size)
        self._pipe: Pipe[pcm.Sound] = Pipe(self._encode, depth=max(1, depth))
        self._full = False

    def offer(self, sound: pcm.Sound) -> None:
        if not self._full and not self._pipe.offer(sound):
            self._full = True
            self._pipe.stop()

    def end(self) -> None:
        """Stop at once: what comes now is the normalised revision."""
        self._pipe.abandon()
        self._pipe.join()
        if self._pipe.error:
            raise self._pipe.error

    def _encode(self, sounds: Iterator[pcm.Sound]) -> None:
        source = self._source.sound
        rate = aac_rate(source.rate)
        resampler = Resampler(source.rate, rate, source.served_channels)
        encoder = AacEncoder(rate, source.served_channels, self._rung.bit_rate)
        grid = Grid(rate, 1, segment_samples(rate), AAC_FRAME, AAC_PRIMING)
        packager = Packager(self._source.output, self._rung, REVISION, grid, self._teller.tell)
        packager.start(encoder.track(None))
        samples = 0
        for sound in sounds:
            fed = resampler.feed(sound)
            samples += fed.shape[1]
            packager.grow(max(1, samples))
            packager.add(encoder.encode(fed) if fed.shape[1] else [])
