"""The equaliser: up to ten filters in one pass, turned down first by what they lift the most."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt, sosfreqz

from waveform.biquads import Band, section
from waveform.eq_curve import Curve

# A state below this is inaudible by two thousand decibels; soon it would be denormal and slow.
NOTHING = 1e-100
LOOKED_AT = 4_096  # frequencies, and those of the bands: the highest is found within 0.005 dB
LOWEST = 1.0  # Hz


class Equaliser:
    """Filters planar sound, chunk after chunk, in double precision.

    Bands at or above half the sampling rate have nothing there to shape; they are left out, and
    told, so that one curve serves a library of many rates.
    """

    def __init__(self, rate: int, channels: int, curve: Curve) -> None:
        self.left_out = tuple(band for band in curve.bands if not audible(band, rate))
        bands = [band for band in curve.bands if audible(band, rate)]
        self.pre_gain_db = pre_gain_db(bands, rate)
        self._sections = sections(bands, rate)
        if bands:
            self._sections[0, :3] *= 10 ** (self.pre_gain_db / 20)
        self._state = np.zeros((len(bands), channels, 2))

    def equalise(self, chunk: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return as much as came in; however it is cut, the same to the last bit."""
        if not len(self._sections) or not chunk.size:
            return chunk
        filtered, state = sosfilt(self._sections, chunk.astype(np.float64), zi=self._state)
        # Of sound in single precision this cannot change a bit, wherever a chunk ends.
        state[abs(state) < NOTHING] = 0.0
        self._state = state
        return filtered.astype(np.float32)


def audible(band: Band, rate: int) -> bool:
    return 2 * band.frequency < rate


def sections(bands: Sequence[Band], rate: int) -> NDArray[np.float64]:
    return np.array([section(band, rate) for band in bands]).reshape(-1, 6)


def response_db(
    bands: Sequence[Band], rate: int, frequencies: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far the bands together lift each frequency, as for a drawing of the curve."""
    if not bands:
        return np.zeros(frequencies.size)
    _, response = sosfreqz(sections(bands, rate), worN=frequencies, fs=rate)
    # A notch is silent in its middle: as far down as can still be written.
    return np.asarray(20 * np.log10(np.maximum(abs(response), 1e-12)))


def pre_gain_db(bands: Sequence[Band], rate: int) -> float:
    """Return the gain, 0 or less, with which no tone comes out louder than it was."""
    centres = [band.frequency for band in bands]
    looked_at = np.geomspace(LOWEST, rate / 2, LOOKED_AT)
    return -max(0.0, float(response_db(bands, rate, np.append(looked_at, centres)).max()))
