"""One pass over decoded sound: loudness, true peak and the waveform's peaks, in constant memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import numpy as np
from numpy.typing import NDArray

from waveform.blocks import Seconds
from waveform.damage import silence_damage
from waveform.energy_grid import EnergyGrid
from waveform.gating import Gating
from waveform.histogram import Histogram
from waveform.loudness import Loudness
from waveform.loudness_curve import CurveBuilder, LoudnessCurve
from waveform.peaks import Peaks, PeaksBuilder
from waveform.true_peak import TruePeak
from waveform.upsampling import Upsampler, factor

RATES = range(1_000, 768_001)  # Hz; a lying header shall cost no memory
MOST_CHANNELS = 64


class NotMeasurable(ValueError):
    """The rate or layout is out of bounds, or a chunk is not float32 of (channels, samples)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one pass found; bad samples were NaN, infinite or absurd, and count as silence."""

    loudness: Loudness
    samples: int
    bad_samples: int
    peaks: Peaks
    histogram: Histogram  # of the gating blocks, for the loudness of a whole album
    curve: LoudnessCurve | None = None  # where it was asked for


class Analysis:
    """Fed with float32 planar chunks of any size; `peaks` may be looked at on the way.

    `weights` are the channels' gains in loudness (see channel_weights); without them all count
    alike. With `curve` the way that loudness goes is kept, too. Peaks are split for one or two
    channels; more are drawn as their mean.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        weights: Sequence[float] | None = None,
        pixel_samples: int = 256,
        float_source: bool = False,
        curve: bool = False,
    ) -> None:
        weights = checked_weights(rate, channels, weights)
        self._channels = channels
        self._samples = 0
        self._bad_samples = 0
        self._seconds = Seconds(channels, rate)
        drawn = channels if channels <= 2 else 1
        self.peaks = PeaksBuilder(rate, drawn, pixel_samples, float_source=float_source)
        self._meter = _Meter(rate, weights, CurveBuilder() if curve else None)

    def feed(self, chunk: NDArray[np.float32]) -> None:
        check_chunk(chunk, self._channels)
        for second in self._seconds.fill(chunk):
            self._measure(second)

    def finish(self) -> Measured:
        """Measure what is left and close; nothing may be fed after it."""
        for rest in self._seconds.rest():
            self._measure(rest)
        loudness, curve = self._meter.finish()
        return Measured(
            loudness,
            self._samples,
            self._bad_samples,
            self.peaks.finish(),
            self._meter.histogram(),
            curve,
        )

    def _measure(self, block: NDArray[np.float32]) -> None:
        self._samples += block.shape[1]
        self._bad_samples += silence_damage(block)
        self.peaks.add(block if len(block) <= 2 else block.mean(axis=0, keepdims=True))
        self._meter.add(block)


def checked_weights(rate: int, channels: int, weights: Sequence[float] | None) -> Sequence[float]:
    """Return a weight for each channel; refuse a layout that cannot be."""
    check_layout(rate, channels)
    weights = [1.0] * channels if weights is None else weights
    if len(weights) != channels:
        raise NotMeasurable(f"{len(weights)} weights for {channels} channels")
    return weights


def check_layout(rate: int, channels: int) -> None:
    if rate not in RATES or not 1 <= channels <= MOST_CHANNELS:
        raise NotMeasurable(f"{rate} Hz, {channels} channels")


def check_chunk(chunk: NDArray[np.float32], channels: int) -> None:
    if chunk.dtype != np.float32 or chunk.ndim != 2 or chunk.shape[0] != channels:
        raise NotMeasurable(f"{chunk.dtype} {chunk.shape} for {channels} channels")


class _Meter:
    """Loudness and true peak, at a rate high enough for both."""

    def __init__(self, rate: int, weights: Sequence[float], curve: CurveBuilder | None) -> None:
        times = factor(rate)
        channels = len(weights)
        self._upsampler = Upsampler(channels, times) if times > 1 else None
        self._seconds = Seconds(channels, rate * times)
        self._grid = EnergyGrid(rate * times, weights)
        self._gating = Gating()
        self._curve = curve
        self._peak = TruePeak(channels)
        self._sample_peak = 0.0

    def add(self, block: NDArray[np.float32]) -> None:
        peak = max(float(block.max()), -float(block.min()))
        self._sample_peak = max(self._sample_peak, peak)
        if self._upsampler:
            self._add_raised(self._upsampler.raise_rate(block))
        else:
            self._add_second(block)

    def finish(self) -> tuple[Loudness, LoudnessCurve | None]:
        if self._upsampler:
            self._add_raised(self._upsampler.flush())
            for rest in self._seconds.rest():
                self._add_second(rest)
        self._peak.flush()
        return self._loudness(), self._curve.curve() if self._curve else None

    def _loudness(self) -> Loudness:
        gating = self._gating
        return Loudness(
            integrated_lufs=gating.integrated,
            range_lu=gating.range,
            true_peak_dbtp=_decibels(max(self._peak.value, self._sample_peak)),
            sample_peak_dbfs=_decibels(self._sample_peak),
            momentary_max_lufs=gating.momentary_max,
            short_term_max_lufs=gating.short_term_max,
        )

    def histogram(self) -> Histogram:
        return Histogram.of(self._gating.blocks)

    def _add_raised(self, raised: NDArray[np.float32]) -> None:
        for second in self._seconds.fill(raised):
            self._add_second(second)

    def _add_second(self, second: NDArray[np.float32]) -> None:
        windows = self._gating.add(self._grid.powers(second))
        if self._curve:
            self._curve.add(*windows)
        self._peak.add(second)


def _decibels(magnitude: float) -> float | None:
    return 20 * log10(magnitude) if magnitude else None
