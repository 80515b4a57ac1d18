"""Sounds made by rule or by seed, planar float32, and the one way to have them measured."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from waveform.analysis import Analysis, Measured

Sound = NDArray[np.float32]
RATE = 48_000
SILENCE = -999.0


def measured(
    sound: Sound, rate: int = RATE, *, chunk: int = 16_384, weights: Sequence[float] | None = None
) -> Measured:
    analysis = Analysis(rate, len(sound), weights=weights)
    for start in range(0, sound.shape[1], chunk):
        analysis.feed(sound[:, start : start + chunk])
    return analysis.finish()


def sine(
    level_dbfs: float, seconds: float, rate: int = RATE, frequency: float = 1000.0
) -> NDArray[np.float64]:
    amplitude = 0.0 if level_dbfs == SILENCE else 10 ** (level_dbfs / 20)
    samples = round(seconds * rate)
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(samples) / rate)


def tones(*parts: tuple[float, float], channels: int = 2) -> Sound:
    """The same tones, each a level and a duration, one after another on every channel."""
    return np.tile(np.concatenate([sine(*part) for part in parts]), (channels, 1)).astype("f4")


def noise(seed: int, seconds: float, rate: int = RATE, channels: int = 2) -> Sound:
    white = np.random.default_rng(seed).standard_normal((channels, round(seconds * rate)))
    return (0.1 * white).astype("f4")


def song(seed: int, seconds: float, rate: int = RATE) -> Sound:
    """Chords, beats and breath in stereo, with quiet and loud parts: shaped like music."""
    random = np.random.default_rng(seed)
    samples = round(seconds * rate)
    time = np.arange(samples) / rate
    notes = random.uniform(80, 2000, 5)
    chord = np.sin(2 * np.pi * np.outer(notes, time)).mean(axis=0)
    drum = np.convolve(random.standard_normal(samples), [0.25, 0.5, 0.25], "same")
    beat = 2 * drum * np.exp(-12 * (time * random.uniform(1.5, 3) % 1))
    breath = lfilter([1.0], [1.0, -0.95], random.standard_normal((2, samples)))
    swell = 10 ** (np.interp(time, np.linspace(0, seconds, 8), random.uniform(-24, 0, 8)) / 20)
    mix = swell * (0.3 * chord + 0.2 * beat + 0.02 * np.asarray(breath))
    return np.asarray(mix * random.uniform(0.2, 1.2), np.float32)
