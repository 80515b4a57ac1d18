"""The loudness of a file that lies on this machine, without a server and without a trace."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from transcoder.decode import Findings
from transcoder.errors import TooShort
from transcoder.probe import Sound
from transcoder.source import source_of
from waveform.analysis import Analysis
from waveform.channel_weights import DUAL_MONO
from waveform.histogram import Histogram
from waveform.inspection import Collector, Inspected, Inspection
from waveform.loudness import Loudness
from waveform.loudness_curve import LoudnessCurve


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredFile:
    """What was found, without the peaks: these alone grow with the programme."""

    sound: Sound
    loudness: Loudness
    histogram: Histogram
    curve: LoudnessCurve | None
    inspected: Inspected | None
    notes: list[str]  # what was wrong with the file, in sentences


def measure(
    path: Path,
    heard: Callable[[float], None],
    *,
    inspect: bool = False,
    curve: bool = False,
    dual_mono: bool = False,
) -> MeasuredFile:
    """Decode the whole file once and measure what would be served of it.

    `heard` gets the seconds decoded so far. With `dual_mono` one channel counts as two. Raises
    MediaError in words for a person, and OSError.
    """
    source = source_of(path)
    sound, findings = source.sound, Findings()
    weights = DUAL_MONO if dual_mono and sound.served_channels == 1 else None
    analysis = Analysis(sound.rate, sound.served_channels, weights=weights, curve=curve)
    inspection = _inspection(sound) if inspect else None
    for block in source.blocks(findings):
        analysis.feed(block.sound)
        if inspection:
            inspection.feed(block.sound)
        if inspection and block.exact is not None:
            inspection.feed_exact(block.exact)
        heard(findings.samples / sound.rate)
    if not findings.samples:
        raise TooShort
    measured = analysis.finish()
    return MeasuredFile(
        sound=sound,
        loudness=measured.loudness,
        histogram=measured.histogram,
        curve=measured.curve,
        inspected=inspection.finish() if inspection else None,
        notes=findings.notes(sound),
    )


def _inspection(sound: Sound) -> Inspection:
    bits = sound.bits if sound.exact else None
    collectors = frozenset(Collector)
    if not _is_heard_as_it_is(sound):
        collectors -= {Collector.HASH}
    return Inspection(sound.rate, sound.served_channels, bits=bits, collectors=collectors)


def _is_heard_as_it_is(sound: Sound) -> bool:
    """Whether no channel is folded and no bit rounded away: else files that differ look alike."""
    if sound.bits is not None:
        return sound.exact
    return sound.channels <= 2 and not sound.codec.startswith("pcm_f64")
