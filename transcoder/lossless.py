"""The FLAC rung: the very samples of the file, made while they are measured.

Its segments are on disk at once, and told of only when the length is known: the init segment holds
it, and must not change.
"""

from collections.abc import Iterator

from hls.loudness_boxes import MeasuredLevels
from hls.timeline import Grid, flac_block, segment_samples
from transcoder import pcm
from transcoder.encode import FlacEncoder
from transcoder.fan_out import Pipe
from transcoder.ladder import Rung
from transcoder.package import Packager
from transcoder.reports import Report
from transcoder.source import Source
from transcoder.telling import Teller
from waveform.gain_tags import r128, replaygain
from waveform.loudness import Loudness

_DEPTH = 8  # blocks that wait for the encoder


class Lossless:
    def __init__(self, source: Source, rung: Rung, revision: int) -> None:
        sound = source.sound
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

    def announce(self, teller: Teller, loudness: Loudness) -> None:
        """Tell of the finished rendition; its loudness is that of the samples it holds.

        They stay as they came, so the init segment says how loud they are: to players that level
        by themselves, in each of the ways that one of them reads.
        """
        levels = MeasuredLevels(
            integrated_lufs=loudness.integrated_lufs,
            true_peak_dbtp=loudness.true_peak_dbtp,
            sample_peak_dbfs=loudness.sample_peak_dbfs,
        )
        gains = {name.lower(): text for name, text in replaygain(loudness).items()}
        track = self._encoder.track(self._samples)
        self._packager.start(track, levels=levels, tags=gains | r128(loudness))
        *segments, started = self._held
        for report in (started, *segments, self._packager.finished(loudness)):
            teller.tell(report)

    def _encode(self, pieces: Iterator[pcm.Exact]) -> None:
        for exact in pieces:
            self._samples += len(exact)
            self._packager.grow(self._samples)
            self._packager.add(self._encoder.encode(exact))
        self._packager.finish(self._encoder.finish())
