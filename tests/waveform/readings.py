"""What a meter showed of a sound, ours or another's, in one shape."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.waveform.sounds import Sound, measured
from waveform.channel_weights import channel_weights
from waveform.live_meter import READINGS_A_SECOND, LiveMeter

LAYOUTS = {1: "FC", 2: "FL FR", 5: "FL FR FC BL BR", 6: "FL FR FC LFE BL BR"}
NOTHING = np.zeros(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """NaN stands for no figure. Levels on the way were read `looks` times a second."""

    integrated: float
    range: float
    true_peak: float
    looks: int
    momentary: NDArray[np.float64]
    short_term: NDArray[np.float64]
    momentary_held: NDArray[np.float64]  # the highest up to each look
    short_term_held: NDArray[np.float64]


def weights(sound: Sound) -> Sequence[float]:
    return channel_weights(LAYOUTS[len(sound)].split())


def of_file(sound: Sound, rate: int) -> Readings:
    loudness = measured(sound, rate, weights=weights(sound)).loudness
    return Readings(
        integrated=_figure(loudness.integrated_lufs),
        range=_figure(loudness.range_lu),
        true_peak=_figure(loudness.true_peak_dbtp),
        looks=1,
        momentary=NOTHING,
        short_term=NOTHING,
        momentary_held=np.array([_figure(loudness.momentary_max_lufs)]),
        short_term_held=np.array([_figure(loudness.short_term_max_lufs)]),
    )


def live(sound: Sound, rate: int) -> Readings:
    """Look at the meter as often as its figures are new."""
    meter = LiveMeter(rate, len(sound), weights=weights(sound))
    step = rate // READINGS_A_SECOND
    shown = []
    for start in range(0, sound.shape[1] - step + 1, step):
        meter.feed(sound[:, start : start + step])
        levels = (meter.momentary, meter.short_term, meter.momentary_max, meter.short_term_max)
        shown.append([_figure(level) for level in levels])
    momentary, short_term, momentary_held, short_term_held = np.array(shown).T
    return Readings(
        integrated=_figure(meter.integrated),
        range=_figure(meter.range),
        true_peak=np.nan,
        looks=READINGS_A_SECOND,
        momentary=momentary,
        short_term=short_term,
        momentary_held=momentary_held,
        short_term_held=short_term_held,
    )


def held(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the highest so far; what is no figure does not count."""
    return np.maximum.accumulate(np.nan_to_num(levels, nan=-np.inf))


def _figure(level: float | None) -> float:
    return np.nan if level is None else level
