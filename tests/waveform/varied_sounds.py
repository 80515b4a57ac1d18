"""Two dozen kinds of sound that a meter may meet, each of some seconds, made by rule or seed."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.signal import chirp, lfilter, square

from tests.waveform.sounds import Sound, noise, sine, song

SECONDS = 6


def _time(rate: int) -> NDArray[np.float64]:
    return np.arange(SECONDS * rate, dtype=np.float64) / rate


def _both(mono: NDArray[np.float64]) -> Sound:
    return np.stack([mono, 0.7 * mono]).astype("f4")


def _song(seed: int, rate: int) -> Sound:
    return song(seed, SECONDS, rate)


def _parts(rate: int, *levels: float) -> Sound:
    """Tones one after another, at a level each."""
    each = SECONDS / len(levels)
    return _both(np.concatenate([sine(level, each, rate, 440) for level in levels]))


def _filtered(rate: int, poles: list[float], seed: int) -> Sound:
    white = np.random.default_rng(seed).standard_normal((2, SECONDS * rate))
    coloured = np.asarray(lfilter([1.0], poles, white))
    return np.asarray(0.3 * coloured / np.abs(coloured).max(), np.float32)


def _plucked(rate: int) -> Sound:
    time = _time(rate)
    return _both(0.8 * np.exp(-6 * (time % 0.7)) * np.sin(2 * np.pi * 196 * time))


def _speech(rate: int) -> Sound:
    """Bursts with pauses between them."""
    speaking = (np.sin(2 * np.pi * 0.6 * _time(rate)) > -0.3) * (1 + np.sin(25 * _time(rate)))
    return np.asarray(_filtered(rate, [1.0, -1.6, 0.7], 11) * speaking, np.float32)


def _clicks(rate: int) -> Sound:
    sound = np.zeros((2, SECONDS * rate), np.float32)
    sound[:, :: rate // 3] = 0.9
    return sound


def _spiky(rate: int) -> Sound:
    random = np.random.default_rng(12)
    return (0.02 * random.standard_t(2.5, (2, SECONDS * rate))).clip(-1, 1).astype("f4")


KINDS: dict[str, Callable[[int], Sound]] = {
    **{f"song {seed}": partial(_song, seed) for seed in range(10, 16)},
    "white noise": lambda rate: noise(1, SECONDS, rate),
    "mono noise": lambda rate: noise(2, SECONDS, rate, channels=1),
    "dark noise": lambda rate: _filtered(rate, [1.0, -0.97], 3),
    "rumble": lambda rate: _filtered(rate, [1.0, -1.999, 0.9991], 4),
    "hiss": lambda rate: _filtered(rate, [1.0, 0.9], 5),
    "sweep": lambda rate: _both(
        0.5 * chirp(_time(rate), 30, SECONDS, 18_000, method="logarithmic")
    ),
    "bass": lambda rate: _both(sine(-6, SECONDS, rate, 55)),
    "hum": lambda rate: _both(sine(-30, SECONDS, rate, 100) + sine(-40, SECONDS, rate, 150)),
    "piccolo": lambda rate: _both(sine(-20, SECONDS, rate, 4186)),
    "whistle": lambda rate: _both(sine(-20, SECONDS, rate, 12_000)),
    "square wave": lambda rate: _both(0.9 * square(2 * np.pi * 220 * _time(rate))),
    "tremolo": lambda rate: _both(sine(-12, SECONDS, rate) * (1 + np.sin(30 * _time(rate))) / 2),
    "plucked": _plucked,
    "speech": _speech,
    "clicks": _clicks,
    "spiky": _spiky,
    "quiet": lambda rate: 0.02 * song(20, SECONDS, rate),
    "clipped": lambda rate: (8 * song(21, SECONDS, rate)).clip(-1, 1),
    "over full scale": lambda rate: 5 * song(22, SECONDS, rate),
    "steps through the gates": lambda rate: _parts(rate, -20, -33, -28, -75, -31, -60),
    "with an offset": lambda rate: song(23, SECONDS, rate) + np.float32(0.2),
    "out of phase": lambda rate: song(24, SECONDS, rate) * np.array([[1], [-1]], np.float32),
}
