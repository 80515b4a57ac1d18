"""Whether the highest frequencies are there, and whether an encoder took them away.

Encoders leave a wall: sound up to a frequency that suits their bit rate, and within some hundred
hertz nothing. Recordings, tapes and records fade out over kilohertz, and their noise goes on.
Thresholds come from trials: walls of MP3, AAC, Vorbis and Opus fell by 28 to 80 dB in 300 Hz, and
low-passes up to 48 dB an octave by at most 25. Resamplers leave walls as steep, but just below
half of a usual rate. Encoders at high bit rates leave none and cannot be found here; digital
low-passes of 72 dB an octave and more are taken for encoders, but never with high confidence.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

import numpy as np
from numpy.typing import NDArray

BAND = 100  # Hz
FLANK = 5  # bands on either side of a wall
FALL = 3  # bands in which it falls
WALL = 28.0  # dB
STEEP = 40.0  # dB; beats alone show it, for what plays in between may be synthetic
VOID = 20.0  # dB by which all that is above the wall stays below its brink
SPARSE = 15.0  # dB within which the brink's bands lie: single tones are no brink
LOWEST_WALL = 3_000  # Hz
EMPTY = -105.0  # dB in a band; the rounding noise of 16 bits is -115
DEPTH = 75.0  # dB under the loudest band: a quiet programme is not called limited for it
AUDIBLE = 20_000  # Hz
# Hz, of low-passes of encoders: where they are usual, and where mastering filters begin too.
USUAL = range(16_200, 19_700)
CONTESTED = range(9_000, 20_500)
RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)  # Hz, from which sound is resampled
TRANSITION = 0.93  # of half a rate, at which resamplers begin to fall


class Extent(StrEnum):
    FULL = "full"
    LIMITED = "limited"
    LOSSY = "lossy"  # probably from a lossy source


class Confidence(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bandwidth:
    """`confidence` comes with a lossy verdict, `resampled_from` with walls that fit a rate."""

    extent: Extent
    edge_hz: int
    wall_db: float | None = None  # by how much it falls within 300 Hz
    confidence: Confidence | None = None
    resampled_from: int | None = None  # Hz


def judged(peaks: NDArray[np.float64], medians: NDArray[np.float64]) -> Bandwidth:
    """Judge long-term spectra of dB in bands of 100 Hz: one of beats, and one of the rest."""
    nyquist = peaks.size * BAND
    for levels, steep in ((peaks, STEEP), (medians, inf)):
        wall = _wall(levels)
        if wall is not None and wall[0] < TRANSITION * nyquist:
            return _walled(*wall, steep)
    edge = _last_heard(peaks)
    heard = edge >= min(AUDIBLE, TRANSITION * nyquist)
    return Bandwidth(extent=Extent.FULL if heard else Extent.LIMITED, edge_hz=edge)


def _wall(levels: NDArray[np.float64]) -> tuple[int, float] | None:
    """Find the steepest fall into a void: its frequency, and how far it falls."""
    if levels.size < 2 * FLANK + FALL + LOWEST_WALL // BAND:
        return None
    flanks = np.lib.stride_tricks.sliding_window_view(levels, FLANK)
    brinks, feet = flanks[: -FLANK - FALL], flanks[FLANK + FALL :].mean(axis=1)
    highest_above = np.maximum.accumulate(levels[::-1])[::-1][FLANK + FALL : 1 - FLANK]
    brink = brinks.mean(axis=1)
    falls = brink - feet
    falls[brink - highest_above < VOID] = 0
    falls[np.ptp(brinks[:, :-1], axis=1) > SPARSE] = 0
    falls[: LOWEST_WALL // BAND] = 0
    place = int(falls.argmax())
    if falls[place] < WALL:
        return None
    return (place + FLANK) * BAND + FALL * BAND // 2, float(falls[place])


def _walled(edge: int, fall: float, steep: float) -> Bandwidth:
    rate = next((rate for rate in RATES if TRANSITION * rate / 2 <= edge <= rate / 2), None)
    # MP3 at 128 kbit/s ends at 16 kHz with some encoders, and so do programmes of 32 kHz.
    if edge not in CONTESTED or (rate and rate < 32_000):
        return Bandwidth(extent=Extent.LIMITED, edge_hz=edge, wall_db=fall, resampled_from=rate)
    if fall >= steep:
        confidence = Confidence.HIGH if edge in USUAL else Confidence.MEDIUM
    else:
        confidence = Confidence.MEDIUM if edge in USUAL else Confidence.LOW
    if rate:
        confidence = Confidence.LOW
    return Bandwidth(
        extent=Extent.LOSSY,
        edge_hz=edge,
        wall_db=fall,
        confidence=confidence,
        resampled_from=rate,
    )


def _last_heard(levels: NDArray[np.float64]) -> int:
    heard = np.flatnonzero(levels > min(EMPTY, float(levels.max()) - DEPTH))
    return (int(heard[-1]) + 1) * BAND if heard.size else 0
