"""What an inspection means: a code and its figures each, for pages and programs to word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log10
from typing import TypeAlias

from waveform.bandwidth_verdict import Bandwidth, Extent
from waveform.channels import Channel, Channels, Pair
from waveform.clipping import Clipping
from waveform.inspection import Inspected
from waveform.silence import Silence

Figures: TypeAlias = Mapping[str, int | float | str | None]

OFFSET = 0.003  # of full scale: -50 dBFS
QUIET = 0.001  # of full scale: a channel that never rises over -60 dBFS is silent
ALIKE, OPPOSED = 0.9999, -0.5  # correlation
BALANCE = 0.01  # by which the levels of two channels of one sound may differ
SQUARE = 0.9  # of the runs at full scale have the edges of a square wave


class Code(StrEnum):
    SILENT = "silent"
    LEADING_SILENCE = "leading_silence"
    TRAILING_SILENCE = "trailing_silence"
    GAPS = "gaps"
    CLIPPED = "clipped"
    SQUARE_WAVE = "square_wave"
    OVER_FULL_SCALE = "over_full_scale"
    OFFSET = "offset"
    SILENT_CHANNEL = "silent_channel"
    DUAL_MONO = "dual_mono"
    NEARLY_MONO = "nearly_mono"
    INVERTED = "inverted"
    OUT_OF_PHASE = "out_of_phase"
    UNUSED_BITS = "unused_bits"
    FULL_BANDWIDTH = "full_bandwidth"
    LIMITED_BANDWIDTH = "limited_bandwidth"
    RESAMPLED = "resampled"
    PROBABLY_LOSSY = "probably_lossy"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Places and lengths are in samples, beside the rate; channels are numbered from 0."""

    code: Code
    figures: Figures


def verdicts(inspected: Inspected, *, lossless: bool) -> tuple[Verdict, ...]:
    """Say all that is worth saying. That a lossy file is from a lossy source is not."""
    return tuple(_all(inspected, lossless=lossless))


def _all(inspected: Inspected, *, lossless: bool) -> Iterator[Verdict]:
    silence = inspected.silence
    if silence and silence.leading == inspected.samples:
        yield _verdict(Code.SILENT)
        return
    if silence:
        yield from _of_silence(silence, inspected.rate)
    if inspected.clipping:
        yield from _of_clipping(inspected.clipping, inspected.rate)
    if inspected.channels:
        yield from _of_channels(inspected.channels)
    if inspected.bits and inspected.used_bits and inspected.used_bits < inspected.bits:
        yield _verdict(Code.UNUSED_BITS, bits=inspected.bits, used=inspected.used_bits)
    if inspected.bandwidth:
        yield _of_bandwidth(inspected.bandwidth, lossless=lossless)


def _of_silence(silence: Silence, rate: int) -> Iterator[Verdict]:
    if 2 * silence.leading >= rate:
        yield _verdict(Code.LEADING_SILENCE, samples=silence.leading, rate=rate)
    if 2 * silence.trailing >= rate:
        yield _verdict(Code.TRAILING_SILENCE, samples=silence.trailing, rate=rate)
    if silence.gap_count:
        yield _verdict(Code.GAPS, count=silence.gap_count, samples=silence.gap_samples, rate=rate)


def _of_clipping(clipping: tuple[Clipping, ...], rate: int) -> Iterator[Verdict]:
    runs = sum(one.runs for one in clipping)
    if runs and sum(one.square_runs for one in clipping) >= SQUARE * runs:
        yield _verdict(Code.SQUARE_WAVE, runs=runs)
    elif runs:
        yield _verdict(
            Code.CLIPPED,
            runs=runs,
            samples=sum(one.samples for one in clipping),
            longest=max(one.longest for one in clipping),
            first=min(one.first for one in clipping if one.first is not None),
            rate=rate,
        )


def _of_channels(found: Channels) -> Iterator[Verdict]:
    loudest = max(channel.peak for channel in found.channels)
    if loudest > 1:
        yield _verdict(Code.OVER_FULL_SCALE, decibels=20 * log10(loudest))
    for index, channel in enumerate(found.channels):
        if abs(channel.offset) >= OFFSET:
            yield _verdict(Code.OFFSET, channel=index, offset=channel.offset)
        if channel.peak < QUIET <= loudest:
            yield _verdict(Code.SILENT_CHANNEL, channel=index)
    if found.pair:
        yield from _of_pair(found.pair, found.channels)


def _of_pair(pair: Pair, channels: tuple[Channel, ...]) -> Iterator[Verdict]:
    left, right = channels
    correlation = pair.correlation
    if correlation is None or min(left.peak, right.peak) < QUIET:
        return
    if pair.identical:
        yield _verdict(Code.DUAL_MONO)
    elif pair.opposite:
        yield _verdict(Code.INVERTED)
    elif correlation >= ALIKE and abs(left.rms / right.rms - 1) <= BALANCE:
        yield _verdict(Code.NEARLY_MONO, correlation=correlation)
    elif correlation <= OPPOSED:
        yield _verdict(Code.OUT_OF_PHASE, correlation=correlation)


def _of_bandwidth(found: Bandwidth, *, lossless: bool) -> Verdict:
    if found.extent is Extent.FULL:
        return _verdict(Code.FULL_BANDWIDTH, hz=found.edge_hz)
    if found.extent is Extent.LOSSY and lossless:
        return _verdict(Code.PROBABLY_LOSSY, hz=found.edge_hz, confidence=found.confidence)
    if found.extent is Extent.LIMITED and found.resampled_from:
        return _verdict(Code.RESAMPLED, hz=found.edge_hz, rate=found.resampled_from)
    return _verdict(Code.LIMITED_BANDWIDTH, hz=found.edge_hz)


def _verdict(code: Code, **figures: float | str | None) -> Verdict:
    return Verdict(code, figures)
