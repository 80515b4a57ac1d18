"""Folds any loudspeaker layout into two channels with the coefficients of ITU-R BS.775-4."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

_HALF: Final = sqrt(0.5)  # -3 dB: the power of a channel, shared or put beside

# Gains to left and right by FFmpeg's names. Low frequencies are left out (BS.775-4, annex 4).
_GAINS: Final[Mapping[str, tuple[float, float]]] = {
    "FL": (1, 0),
    "FR": (0, 1),
    "DL": (1, 0),
    "DR": (0, 1),
    "FC": (_HALF, _HALF),
    "FLC": (_HALF, 0),
    "FRC": (0, _HALF),
    "BL": (_HALF, 0),
    "BR": (0, _HALF),
    "SL": (_HALF, 0),
    "SR": (0, _HALF),
    "WL": (_HALF, 0),
    "WR": (0, _HALF),
    "BC": (0.5, 0.5),
    "TC": (0.5, 0.5),
    "TFL": (_HALF, 0),
    "TFC": (0.5, 0.5),
    "TFR": (0, _HALF),
    "TSL": (_HALF, 0),
    "TSR": (0, _HALF),
    "TBL": (_HALF, 0),
    "TBC": (0.5, 0.5),
    "TBR": (0, _HALF),
    "LFE": (0, 0),
    "LFE2": (0, 0),
}
_UNKNOWN: Final = "NONE"  # what FFmpeg calls a channel whose place the file does not tell
# What a number of channels means where the file is silent, as WAV's writers mean it.
_DEFAULTS: Final[Mapping[int, str]] = {
    3: "FL FR FC",
    4: "FL FR FC BC",
    5: "FL FR FC BL BR",
    6: "FL FR FC LFE BL BR",
    7: "FL FR FC LFE BC SL SR",
    8: "FL FR FC LFE BL BR SL SR",
}


def downmix(layout: Sequence[str], channels: int) -> NDArray[np.float32]:
    """Return the matrix of (2, channels); channels of no known place go to both sides alike."""
    names = layout
    if _UNKNOWN in layout:
        names = _DEFAULTS.get(channels, "FL FR " * channels).split()[:channels]
    gains = [_GAINS.get(name, (0.5, 0.5)) for name in names]
    return np.array(gains, np.float32).T
