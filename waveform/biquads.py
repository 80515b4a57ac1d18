"""Second-order filters after R. Bristow-Johnson's "Audio EQ Cookbook", in double precision.

Each is an analogue prototype brought over by the bilinear transform, warped so that its own
frequency stays where it is.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import cos, pi, sin, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Polynomial: TypeAlias = tuple[float, float, float]  # in 1/z


class Kind(StrEnum):
    """The shapes a band may have, by the names they bear in a URL."""

    PEAK = "peak"
    LOWSHELF = "lowshelf"
    HIGHSHELF = "highshelf"
    LOWPASS = "lowpass"
    HIGHPASS = "highpass"
    NOTCH = "notch"

    @property
    def has_gain(self) -> bool:
        return self in {Kind.PEAK, Kind.LOWSHELF, Kind.HIGHSHELF}


@dataclass(frozen=True, slots=True, order=True)
class Band:
    """One filter; the gain of a pass or a notch is 0."""

    kind: Kind
    frequency: float  # Hz: the centre, the middle of a shelf's slope, the corner of a pass
    gain_db: float
    q: float  # of a shelf or a pass 0.707 is the steepest without a bump


def section(band: Band, rate: int) -> NDArray[np.float64]:
    """Design b0 b1 b2 a0 a1 a2, with a0 = 1, as scipy's `sosfilt` takes them."""
    turn = 2 * pi * band.frequency / rate
    alpha = sin(turn) / (2 * band.q)
    root = 10 ** (band.gain_db / 40)
    match band.kind:
        case Kind.PEAK:
            return _divided(_plain(turn, alpha * root), _plain(turn, alpha / root))
        case Kind.LOWSHELF:
            return _divided(*_shelf(root, cos(turn), 2 * sqrt(root) * alpha))
        case Kind.HIGHSHELF:
            # A low shelf at the mirrored frequency: z becomes -z.
            mirrored = _divided(*_shelf(root, -cos(turn), 2 * sqrt(root) * alpha))
            return mirrored * [1, -1, 1, 1, -1, 1]
        case Kind.LOWPASS | Kind.HIGHPASS | Kind.NOTCH:
            return _divided(_pass(band.kind, turn), _plain(turn, alpha))


def _divided(above: Polynomial, below: Polynomial) -> NDArray[np.float64]:
    return np.array([*above, *below]) / below[0]


def _plain(turn: float, alpha: float) -> Polynomial:
    return 1 + alpha, -2 * cos(turn), 1 - alpha


def _shelf(root: float, cosine: float, slope: float) -> tuple[Polynomial, Polynomial]:
    more, less = root + 1, root - 1
    above = (
        root * (more - less * cosine + slope),
        2 * root * (less - more * cosine),
        root * (more - less * cosine - slope),
    )
    below = (
        more + less * cosine + slope,
        -2 * (less + more * cosine),
        more + less * cosine - slope,
    )
    return above, below


def _pass(kind: Kind, turn: float) -> Polynomial:
    if kind is Kind.NOTCH:
        return _plain(turn, 0.0)
    # 1 - cos and 1 + cos, halved; written as squares, which lose no digits at low frequencies.
    half = sin(turn / 2) ** 2 if kind is Kind.LOWPASS else cos(turn / 2) ** 2
    return half, 2 * half if kind is Kind.LOWPASS else -2 * half, half
