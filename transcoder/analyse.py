"""The first pass: one decode feeds the measurement, the FLAC rung and the preview."""

from dataclasses import dataclass
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

_LOUDEST: Final = 3  # blocks kept beside the first one


class Loudest:
    """Keeps the block with the beginning, and those with the highest samples after it."""

    def __init__(self) -> None:
        self._first: list[pcm.Sound] = []
        self._heap: list[tuple[float, int, pcm.Sound]] = []
        self._order = count()

    @property
    def sounds(self) -> list[pcm.Sound]:
        """The beginning comes first."""
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
    loudest: Loudest

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
    sound, findings, loudest = source.sound, Findings(), Loudest()
    floating = sound.codec.startswith("pcm_f")
    analysis = Analysis(sound.rate, sound.served_channels, float_source=floating)
    for block in source.blocks(findings):
        if preview:
            preview.offer(block.sound)
        if lossless and block.exact is not None:
            lossless.put(block.exact)
        analysis.feed(block.sound)
        loudest.add(block.sound)
        if teller.is_time():
            teller.progress(_progress(source, findings, analysis))
    measured = analysis.finish()
    teller.progress(_progress(source, findings, analysis))
    return FirstPass(measured, findings, loudest)


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
