"""Changes the sample rate of a stream of planar sound without moving it in time.

libswresample mirrors the first samples into its filter and gives back the last ones when drained,
so the sound neither lags nor is cut: what goes in at second t comes out at second t.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from transcoder.pcm import Sound

LAYOUTS = {1: "mono", 2: "stereo"}


def to_frame(sound: Sound, rate: int) -> AudioFrame:
    """Hand planar samples to libav."""
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", LAYOUTS[len(sound)])
    frame.sample_rate = rate
    frame.time_base = Fraction(1, rate)
    return frame


class Resampler:
    def __init__(self, from_rate: int, to_rate: int, channels: int) -> None:
        self._rate = from_rate
        self._channels = channels
        # Equal rates pass through; libav would, too, but by way of a filter graph.
        self._resampler = (
            None if from_rate == to_rate else AudioResampler("fltp", LAYOUTS[channels], to_rate)
        )

    def feed(self, sound: Sound) -> Sound:
        if self._resampler is None or sound.shape[1] == 0:
            return sound
        return self._joined(self._resampler.resample(to_frame(sound, self._rate)))

    def flush(self) -> Sound:
        """Return what is still in the filter; nothing may be fed after it."""
        return self._joined(self._resampler.resample(None) if self._resampler else [])

    def _joined(self, frames: Sequence[AudioFrame]) -> Sound:
        if not frames:
            return np.zeros((self._channels, 0), np.float32)
        return np.concatenate([np.asarray(f.to_ndarray(), np.float32) for f in frames], axis=1)
