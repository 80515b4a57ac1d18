"""The first pass: one decode feeds the measurement, the FLAC rung and the preview."""

from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import heappush, heappushpop
from itertools import count
from typing import Final

import numpy as np

from transcoder import pcm
from transcoder.decode import Findings
from transcoder.lossless import Lossless
from transcoder.preview import Preview
from transcoder.reports import Progress
from transcoder.source import Source
from transcoder.telling import Teller
from waveform.analysis import Analysis, Measured

_NONE: Final = np.zeros((0, 1, 2), np.int8)
_LOUDEST: Final = 3  # blocks kept beside the first one
_SPREAD: Final = 16  # blocks, at most: ten seconds
_CLOSEST: Final = 7  # of so many blocks one is kept: a trial must stay cheap for short files too


class Moments:
    """Keeps blocks to try encoders on, a few megabytes however long the programme is."""

    def __init__(self) -> None:
        self._loudest = Loudest()
        self._spread = Spread()

    @property
    def loudest(self) -> list[pcm.Sound]:
        """The beginning comes first."""
        return self._loudest.sounds

    @property
    def spread(self) -> list[pcm.Sound]:
        """In the order in which they are heard."""
        return self._spread.sounds

    def add(self, sound: pcm.Sound) -> None:
        self._loudest.add(sound)
        self._spread.add(sound)

    def clear(self) -> None:
        self._loudest, self._spread = Loudest(), Spread()


class Spread:
    """Keeps blocks from all over the programme, at even distances."""

    def __init__(self) -> None:
        self.sounds: list[pcm.Sound] = []
        self._distance = _CLOSEST
        self._count = 0

    def add(self, sound: pcm.Sound) -> None:
        if self._count % self._distance == 0:
            self.sounds.append(sound)
        if len(self.sounds) > _SPREAD:
            self.sounds = self.sounds[::2]
            self._distance *= 2
        self._count += 1


class Loudest:
    """Keeps the block with the beginning, and those with the highest samples after it."""

    def __init__(self) -> None:
        self._first: list[pcm.Sound] = []
        self._heap: list[tuple[float, int, pcm.Sound]] = []
        self._order = count()

    @property
    def sounds(self) -> list[pcm.Sound]:
        return self._first + [sound for _, _, sound in self._heap]

    def add(self, sound: pcm.Sound) -> None:
        if not self._first:
            self._first.append(sound)
            return
        item = (float(np.abs(sound).max()), next(self._order), sound)
        if len(self._heap) < _LOUDEST:
            heappush(self._heap, item)
        else:
            heappushpop(self._heap, item)


@dataclass(frozen=True, slots=True)
class FirstPass:
    measured: Measured
    findings: Findings
    moments: Moments

    def without_peaks(self) -> "FirstPass":
        """Return the same without the one part that grows with the programme (7 MB in 3 h)."""
        measured = replace(self.measured, peaks=replace(self.measured.peaks, pixels=_NONE))
        return replace(self, measured=measured)

    def bit_rate(self, rate: int) -> int:
        """Return what the sound track really takes, in bit/s; headers often do not tell."""
        return round(Fraction(8 * self.findings.packet_bytes * rate, self.findings.samples))


def analyse(
    source: Source, teller: Teller, lossless: Lossless | None, preview: Preview | None
) -> FirstPass:
    """Decode everything once; on failure what was begun beside it is dropped."""
    try:
        passed = _feed(source, teller, lossless, preview)
    except BaseException:
        if lossless:
            lossless.abandon()
        raise
    finally:
        if preview:
            preview.end()
    if lossless:
        lossless.end()
    return passed


def _feed(
    source: Source, teller: Teller, lossless: Lossless | None, preview: Preview | None
) -> FirstPass:
    sound, findings, moments = source.sound, Findings(), Moments()
    floating = sound.codec.startswith("pcm_f")
    analysis = Analysis(sound.rate, sound.served_channels, float_source=floating)
    for block in source.blocks(findings):
        if preview:
            preview.offer(block.sound)
        if lossless and block.exact is not None:
            lossless.put(block.exact)
        analysis.feed(block.sound)
        moments.add(block.sound)
        if teller.is_time():
            teller.progress(_progress(source, findings, analysis))
    measured = analysis.finish()
    teller.progress(_progress(source, findings, analysis))
    return FirstPass(measured, findings, moments)


def _progress(source: Source, findings: Findings, analysis: Analysis) -> Progress:
    expected = source.sound.duration
    done = findings.samples / (expected * source.sound.rate) if expected else 0
    peaks = analysis.peaks.take()
    return Progress(
        stage="analysing",
        percent=min(99, int(100 * done)),
        peaks=list(peaks.data),
        peaks_start=peaks.start,
        samples_per_pixel=peaks.samples_per_pixel,
    )
