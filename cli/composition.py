"""Two short pieces that Houle composes itself, so that a first visitor has something to hear.

Additive pads over a chord sequence, plucked strings by Karplus and Strong, and a swell of filtered
noise. Everything follows from the seed: the same piece on every machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

RATE = 44_100
Stereo = NDArray[np.float64]
Mono = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """A chord sequence in MIDI notes, and how it is played."""

    title: str
    chords: tuple[tuple[int, ...], ...]
    chord_seconds: int
    pattern: tuple[int, ...]  # which note of the chord each eighth plucks; -1 rests
    seed: int


PIECES = (
    Piece(
        "Long Swell",
        ((45, 57, 60, 64, 71), (41, 57, 60, 65, 69), (48, 55, 60, 64, 67), (43, 55, 59, 62, 69))
        * 2,
        8,
        (1, 3, 2, 4, 3, 2, 4, -1),
        seed=7,
    ),
    Piece(
        "Harbour at Four",
        ((38, 54, 57, 62, 66), (47, 54, 59, 62, 66), (43, 55, 59, 62, 67), (45, 52, 57, 61, 64))
        * 3,
        4,
        (1, 2, 3, 2, 4, 3, -1, 2),
        seed=21,
    ),
)


def hertz(note: int) -> float:
    return float(440.0 * 2.0 ** ((note - 69) / 12))


def pad(notes: Sequence[int], samples: int) -> Stereo:
    """Slowly beating harmonics, a little apart left and right, faded in and out."""
    time = np.arange(samples) / RATE
    shape = np.minimum(1, np.minimum(time, time[::-1]) / 1.5)
    sides = []
    for detune in (0.9985, 1.0015):
        voices = [
            np.sin(2 * np.pi * hertz(note) * detune * harmonic * time + note) / harmonic**1.8
            for note in notes
            for harmonic in (1, 2, 3, 4)
        ]
        sides.append(np.sum(voices, axis=0) * shape)
    return np.stack(sides) * 0.05


def pluck(note: int, samples: int, random: np.random.Generator) -> Mono:
    """Sound a string: a burst of noise that circulates in a delay line and loses its edge."""
    period = round(RATE / hertz(note))
    burst = np.zeros(samples)
    burst[:period] = random.uniform(-1, 1, period)
    loop = np.zeros(period + 2)
    loop[0] = 1
    loop[period : period + 2] = -0.4975
    return np.asarray(lfilter([1.0], loop, burst))


def plucks(piece: Piece, notes: Sequence[int], samples: int, random: np.random.Generator) -> Stereo:
    line = np.zeros((2, samples))
    step = samples // (2 * len(piece.pattern))
    for place in range(2 * len(piece.pattern)):
        voice = piece.pattern[place % len(piece.pattern)]
        if voice < 0:
            continue
        start = place * step
        string = pluck(notes[voice] + 12, samples - start, random) * 0.16
        pan = 0.5 + 0.3 * np.sin(place)
        line[0, start:] += string * np.sqrt(1 - pan)
        line[1, start:] += string * np.sqrt(pan)
    return line


def sea(samples: int, random: np.random.Generator) -> Stereo:
    """Waves that come and go once a chord."""
    noise = random.standard_normal((2, samples))
    soft = lfilter([0.02], [1, -0.98], noise, axis=1)
    return np.asarray(soft) * (0.05 + 0.10 * np.hanning(samples) ** 2)


def play(piece: Piece) -> Iterator[NDArray[np.float32]]:
    """Yield the piece chord by chord as (samples, 2) float32 in [-1, 1]."""
    random = np.random.default_rng(piece.seed)
    samples = piece.chord_seconds * RATE
    for number, notes in enumerate(piece.chords):
        grown = min(1.0, (number + 1) / 3)
        sound = (
            pad(notes, samples)
            + sea(samples, random)
            + grown * plucks(piece, notes, samples, random)
        )
        yield np.tanh(sound).T.astype(np.float32)
