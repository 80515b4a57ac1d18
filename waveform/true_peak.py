"""True peak, the highest point between the samples (BS.1770-5, annex 2)."""

import numpy as np
from numpy.typing import NDArray

from waveform.interpolation import ROW, row_filter, rows

# Two phases of the four-fold interpolator of annex 2; the others are these backwards.
PHASES = np.array(
    [
        *(0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000),
        *(-0.0594482421875, 0.1373291015625, 0.9721679687500, -0.1022949218750),
        *(0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500),
        *(-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250),
        *(-0.1665039062500, 0.4650878906250, 0.7797851562500, -0.2003173828125),
        *(0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375),
    ],
    np.float32,
).reshape(2, 12)
FILTER = np.concatenate([PHASES, PHASES[:, ::-1]])
TAPS = FILTER.shape[1]
# How far an interpolated point can rise above the samples it is made of.
BOUND = float(np.abs(FILTER).sum(axis=1).max())
ROW_FILTER = row_filter(FILTER)


class TruePeak:
    """The highest magnitude so far, of the samples and of the points between them.

    A row whose samples are too low to raise the peak is passed over, which costs no accuracy and
    spares nearly all of the work.
    """

    def __init__(self, channels: int) -> None:
        self._rest = np.zeros((channels, TAPS - 1), np.float32)
        self.value = 0.0

    def add(self, block: NDArray[np.float32]) -> None:
        sound = np.concatenate([self._rest, block], axis=1)
        count = (sound.shape[1] - TAPS + 1) // ROW
        self._rest = sound[:, count * ROW :].copy()
        for channel in sound:
            self._search(channel, count)

    def flush(self) -> None:
        """Let the last samples ring out into silence."""
        self.add(np.zeros((len(self._rest), TAPS + ROW), np.float32))

    def _search(self, channel: NDArray[np.float32], count: int) -> None:
        peaks = np.maximum.reduceat(abs(channel), np.arange(0, channel.size, ROW))
        self.value = max(self.value, float(peaks.max()))
        reach = np.maximum(peaks[:count], peaks[1 : count + 1]) * BOUND
        promising = np.flatnonzero(reach > self.value)
        if promising.size:
            points = rows(channel, TAPS)[promising] @ ROW_FILTER
            self.value = max(self.value, float(points.max()), -float(points.min()))
