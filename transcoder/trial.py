"""Tries the encoders out on a few moments, before the gain is told and a segment published.

What is found depends on the sound alone. Dense tones come back some decibels higher on
every rung: then the whole track is turned down. Noise loses energy with the bands that a rung
cannot afford: then that rung is turned up, so that all rungs are equally loud. On music both are
nothing nearly always. Decision 0010 has the figures, and what they were measured on.

For most rungs the beginning and the loudest moments, 0.7 s each, foretell the loudness too. At
64 kbit/s they do not: the loudest moments of applause lose half a decibel more than all of it, and
the rate control takes seconds to settle, in which noise is 0.2 dB quieter than later. There up to
ten seconds from all over the programme are encoded in one go.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

import numpy as np

from hls.timeline import aac_rate
from transcoder import pcm
from transcoder.analyse import Moments
from transcoder.encode import AacEncoder
from transcoder.ladder import Rung
from transcoder.resample import Resampler
from transcoder.source import Source
from transcoder.verify import decibels, decoded, power, true_peak

_SLOW_TO_SETTLE: Final = frozenset({"aac-64"})
_LEAST: Final = 0.1  # dB; what is less may be chance
_LARGEST: Final = 6.0  # dB; beyond it a rung has lost the sound, and what is left is not it
_FADE: Final = 0.02  # seconds: a moment cut out of the middle must not begin like a blow


@dataclass(frozen=True, slots=True)
class Trial:
    over: float  # dB by which most moments rise above full scale on the worst rung
    corrections: dict[str, float]  # dB by which a rung must differ to be as loud as the others


@dataclass(frozen=True, slots=True)
class _Outcome:
    peaks: list[float]  # of every moment
    gained: float  # dB


def try_out(source: Source, moments: Moments, rungs: Sequence[Rung], gain_db: float) -> Trial:
    factor = np.float32(10 ** (gain_db / 20))
    loudest = list(_prepared(source, moments.loudest, factor))
    spread = np.concatenate(list(_prepared(source, moments.spread, factor)), axis=1)

    def outcome(rung: Rung) -> _Outcome:
        tried = _outcome(source, rung, loudest)
        if rung.name in _SLOW_TO_SETTLE:
            return replace(tried, gained=_outcome(source, rung, [spread]).gained)
        return tried

    with ThreadPoolExecutor(len(rungs)) as pool:
        outcomes = list(pool.map(outcome, rungs))
    worst = [max(peaks) for peaks in zip(*(each.peaks for each in outcomes), strict=True)]
    gained = {rung.name: each.gained for rung, each in zip(rungs, outcomes, strict=True)}
    return Trial(
        max(0.0, 2 * decibels(median(worst))) if median(worst) else 0.0,
        {name: -gain for name, gain in gained.items() if _LEAST < abs(gain) < _LARGEST},
    )


def _prepared(
    source: Source, sounds: Sequence[pcm.Sound], factor: np.float32
) -> Iterator[pcm.Sound]:
    rate, channels = source.sound.rate, source.sound.served_channels
    fade = np.linspace(0, 1, int(_FADE * rate), dtype=np.float32)
    for index, sound in enumerate(sounds):
        moment = sound * factor
        length = min(len(fade), moment.shape[1]) if index else 0
        moment[:, :length] *= fade[:length]
        resampler = Resampler(rate, aac_rate(rate), channels)
        yield np.concatenate([resampler.feed(moment), resampler.flush()], axis=1)


def _outcome(source: Source, rung: Rung, sounds: Sequence[pcm.Sound]) -> _Outcome:
    rate, channels = aac_rate(source.sound.rate), source.sound.served_channels
    peaks, before, after = [], 0.0, 0.0
    for sound in sounds:
        encoder = AacEncoder(rate, channels, rung.bit_rate)
        track = encoder.track(sound.shape[1])
        packets = encoder.encode(sound) + encoder.finish()
        heard = decoded(packets, track)[:, track.priming :][:, : sound.shape[1]]
        peaks.append(true_peak(heard))
        before += power(sound, rate)
        after += power(heard, rate)
    return _Outcome(peaks, decibels(after / before) if before and after else 0.0)
