"""Finds out, before anything is published, how far the encoders overshoot on this sound.

A lossy codec keeps energies, not peaks: dense tones at -1 dBTP come back up to 6 dB higher, most
music not at all. The beginning and the loudest moments are encoded and decoded on every rung; what
rises above full scale is taken off the gain of all rungs, so that they stay equally loud.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from hls.timeline import aac_rate
from transcoder import pcm
from transcoder.analyse import FirstPass, Loudest
from transcoder.encode import AacEncoder
from transcoder.ladder import Rung
from transcoder.resample import Resampler
from transcoder.source import Source
from transcoder.verify import Verifier

HIGHEST: Final = -0.1  # dBTP; meters differ by about as much
RISKY: Final = -3.0  # dBTP after gain; music below it does not reach full scale
_FADE = 0.02  # seconds: a moment cut out of the middle must not begin like a blow


def excess(source: Source, passed: FirstPass, rungs: Iterable[Rung], gain_db: float) -> float:
    """Return the dB by which the worst rung rises above the highest peak we allow, or 0."""
    peak = passed.measured.loudness.true_peak_dbtp
    if peak is None or peak + gain_db < RISKY:
        return 0.0
    moments = list(_moments(source, passed.loudest, np.float32(10 ** (gain_db / 20))))
    peaks = [_peak(source, rung, moment) for rung in rungs for moment in moments]
    return max(0.0, max(peaks, default=HIGHEST) - HIGHEST)


def _moments(source: Source, loudest: Loudest, factor: np.float32) -> Iterator[pcm.Sound]:
    if loudest.first is None:
        return
    fade = np.linspace(0, 1, int(_FADE * source.sound.rate), dtype=np.float32)
    yield loudest.first * factor
    for sound in loudest.others:
        length = min(len(fade), sound.shape[1])
        moment = sound * factor
        moment[:, :length] *= fade[:length]
        yield moment


def _peak(source: Source, rung: Rung, moment: pcm.Sound) -> float:
    sound = source.sound
    rate = aac_rate(sound.rate)
    resampler = Resampler(sound.rate, rate, sound.served_channels)
    rendered = np.concatenate([resampler.feed(moment), resampler.flush()], axis=1)
    encoder = AacEncoder(rate, sound.served_channels, rung.bit_rate)
    verifier = Verifier(encoder.track(rendered.shape[1]))
    verifier.feed(encoder.encode(rendered))
    verifier.feed(encoder.finish())
    peak = verifier.loudness().true_peak_dbtp
    return -np.inf if peak is None else peak
