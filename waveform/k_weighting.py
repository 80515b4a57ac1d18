"""K-weighting, the frequency curve of BS.1770-5, at any sampling rate from 32 kHz up."""

from math import pi, tan

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt, sosfreqz

TABLE_RATE = 48_000
# Annex 1, tables 1 and 2: b0 b1 b2 a0 a1 a2 of the head's shelf and of the RLB high-pass.
TABLE = np.reshape(
    [
        *(1.53512485958697, -2.69169618940638, 1.19839281085285),
        *(1.0, -1.69065929318241, 0.73248077421585),
        *(1.0, -2.0, 1.0),
        *(1.0, -1.99004745483398, 0.99007225036621),
    ],
    (2, 6),
)
CORNERS = (1681.974450955533, 38.13547087602444)  # Hz, what the tables come from
REFERENCE = 997.0  # Hz, at which a full-scale sine reads -3.01 LUFS
# From a polynomial in 1/z to one in (z - 1)/(z + 1), and, but for a factor of 4, back.
BILINEAR = np.array([[1, 1, 1], [2, 0, -2], [1, -1, 1]])
# Below this a state is inaudible by a thousand decibels; soon it would be denormal and slow.
NOTHING = 1e-60


def sections(rate: int) -> NDArray[np.float64]:
    """Design the two filter sections: the 48 kHz tables back to analogue, and on to `rate`.

    The numerator goes the same way as the denominator; kept as it is, the high-pass would drift
    by 0.03 dB at 192 kHz.
    """
    designed = np.array(
        [
            _moved(section, tan(pi * corner / rate) / tan(pi * corner / TABLE_RATE))
            for section, corner in zip(TABLE, CORNERS, strict=True)
        ]
    )
    designed[0, :3] *= _gain(TABLE, TABLE_RATE) / _gain(designed, rate)
    return designed


def _moved(section: NDArray[np.float64], warp: float) -> NDArray[np.float64]:
    analogue: NDArray[np.float64] = section.reshape(2, 3) @ BILINEAR.T / warp ** np.arange(3)
    digital = analogue @ BILINEAR.T
    return np.ravel(digital / digital[1, 0])


def _gain(filters: NDArray[np.float64], rate: int) -> float:
    _, response = sosfreqz(filters, worN=[REFERENCE], fs=rate)
    return float(abs(response[0]))


class KWeighting:
    """Filters one channel, block after block, in double precision."""

    def __init__(self, rate: int) -> None:
        self._sections = sections(rate)
        self._state = np.zeros((len(self._sections), 2))

    def filter(self, samples: NDArray[np.float32]) -> NDArray[np.float64]:
        filtered, state = sosfilt(self._sections, samples.astype(np.float64), zi=self._state)
        state[abs(state) < NOTHING] = 0.0
        self._state = state
        return filtered
