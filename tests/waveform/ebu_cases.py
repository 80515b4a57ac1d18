"""The test signals of EBU Tech 3341 and 3342 that can be made by rule, with their tolerances.

3341-7, 3341-8, 3342-5 and 3342-6 are recordings.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, oaconvolve

from tests.waveform.readings import Readings
from tests.waveform.sounds import RATE, SILENCE, Sound, sine, tones

RATES = (44_100, 48_000, 88_200, 96_000, 192_000)
FILE, LIVE = "file", "live"
Sounds: TypeAlias = Callable[[], Iterator[Sound]]

# What is read, in the words of the page.
QUANTITIES: dict[str, Callable[[Readings], Sequence[float]]] = {
    "I": lambda shown: [shown.integrated],
    "M, S, I": lambda shown: [
        shown.momentary_held[-1],
        shown.short_term_held[-1],
        shown.integrated,
    ],
    "max M": lambda shown: [shown.momentary_held[-1]],
    "max S": lambda shown: [shown.short_term_held[-1]],
    "every M from 1 s on": lambda shown: shown.momentary[shown.looks - 1 :].tolist(),
    "every S from 3 s on": lambda shown: shown.short_term[3 * shown.looks - 1 :].tolist(),
    "max M after each tone": lambda shown: after_each(0.8, shown.momentary_held, shown.looks),
    "max S after each tone": lambda shown: after_each(6.0, shown.short_term_held, shown.looks),
    "LRA": lambda shown: [shown.range],
    "true peak": lambda shown: [shown.true_peak],
}


def after_each(seconds: float, levels: NDArray[np.float64], looks: int) -> Sequence[float]:
    return [float(levels[round(seconds * n * looks) - 1]) for n in range(1, 21)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    number: str
    form: str
    signal: str
    reads: str
    expected: tuple[float, ...]  # one for all values, or one for each
    below: float = 0.1
    above: float = 0.1
    rate: int = RATE
    sounds: Sounds

    def __str__(self) -> str:
        return f"{self.number} {self.form} {self.rate}"

    def values(self, meter: Callable[[Sound, int], Readings]) -> list[float]:
        read = QUANTITIES[self.reads]
        return [value for sound in self.sounds() for value in read(meter(sound, self.rate))]

    def errors(self, values: Sequence[float]) -> NDArray[np.float64]:
        errors: NDArray[np.float64] = np.array(values) - np.resize(self.expected, len(values))
        return errors

    def passed(self, values: Sequence[float]) -> list[bool]:
        """No figure is never right."""
        return [bool(-self.below <= error <= self.above) for error in self.errors(values)]


def one(sound: Callable[[], Sound]) -> Iterator[Sound]:
    yield sound()


def toned(*parts: tuple[float, float]) -> Sounds:
    return partial(one, partial(tones, *parts))


def surround() -> Sound:
    levels = (-28, -28, -24, -30, -30)  # L R C Ls Rs
    return np.stack([sine(level, 20) for level in levels]).astype("f4")


def twenty(parts: Callable[[int], Sequence[tuple[float, float]]]) -> Iterator[Sound]:
    for number in range(20):
        yield tones(*parts(number))


def joined(parts: Callable[[int], Sequence[tuple[float, float]]]) -> Iterator[Sound]:
    yield tones(*(part for number in range(20) for part in parts(number)))


def late_for_s(n: int) -> Sequence[tuple[float, float]]:
    return (SILENCE, n * 0.15), (-23, 3), (SILENCE, 1)


def rising_for_s(n: int) -> Sequence[tuple[float, float]]:
    return (SILENCE, n * 0.15), (-38 + n, 3), (SILENCE, 3 - n * 0.15)


def late_for_m(n: int) -> Sequence[tuple[float, float]]:
    return (SILENCE, n * 0.02), (-23, 0.4), (SILENCE, 1)


def rising_for_m(n: int) -> Sequence[tuple[float, float]]:
    return (SILENCE, n * 0.02), (-38 + n, 0.4), (SILENCE, 0.4 - n * 0.02)


def faded(tone: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
    fade = np.ones(tone.size)
    fade[:samples] = np.linspace(0, 1, samples)
    fade[-samples:] = np.linspace(1, 0, samples)
    return tone * fade


def in_stereo(mono: NDArray[np.float64]) -> Sound:
    return np.stack([mono, mono]).astype("f4")


def between_samples(rate: int, divisor: int, amplitude: float, phase: float) -> Sound:
    tone = amplitude * np.sin(2 * np.pi * np.arange(rate) / divisor + np.deg2rad(phase))
    return in_stereo(faded(tone, rate // 100))


def one_louder_period(rate: int, offset: int) -> Sound:
    """Made at four times the rate, low-passed, and every fourth sample taken from `offset` on."""
    fine = 4 * rate
    step, amplitude = np.full(fine, np.pi / 12), np.full(fine, 0.5)  # a sixth of the rate
    step[fine // 2 : fine // 2 + 16], amplitude[fine // 2 : fine // 2 + 16] = np.pi / 8, 1.0
    tone = faded(amplitude * np.sin(np.cumsum(step)), fine // 100)
    return in_stereo(oaconvolve(tone, firwin(1023, 0.9 / 4))[511 : 511 + fine][offset::4])


def _steady() -> Iterator[Case]:
    quiet, loud, usual = (-36.0, 10.0), (-23.0, 60.0), (-23.0,)
    nearly_silent = (-72.0, 10.0)
    signals: dict[str, tuple[str, str, tuple[float, ...], Sounds]] = {
        "1": ("20 s at -23", "M, S, I", usual, toned((-23, 20))),
        "2": ("20 s at -33", "M, S, I", (-33.0,), toned((-33, 20))),
        "3": ("10 s at -36, 60 s at -23, 10 s at -36", "I", usual, toned(quiet, loud, quiet)),
        "4": (
            "as 3, between 10 s at -72",
            "I",
            usual,
            toned(nearly_silent, quiet, loud, quiet, nearly_silent),
        ),
        "5": (
            "20 s at -26, 20.1 s at -20, 20 s at -26",
            "I",
            usual,
            toned((-26, 20), (-20, 20.1), (-26, 20)),
        ),
        "6": ("5.0: L R -28, C -24, Ls Rs -30", "I", usual, partial(one, surround)),
    }
    for number, (signal, reads, expected, sounds) in signals.items():
        for form in (FILE, LIVE):
            yield Case(
                number=f"3341-{number}",
                form=form,
                signal=signal,
                reads=reads,
                expected=expected,
                sounds=sounds,
            )


def _moving() -> Iterator[Case]:
    usual, rising = (-23.0,), tuple(-38.0 + n for n in range(20))
    steps_s = ("5 times 1.34 s at -20, 1.66 s at -30", toned(*((-20, 1.34), (-30, 1.66)) * 5))
    steps_m = ("25 times 0.18 s at -20, 0.22 s at -30", toned(*((-20, 0.18), (-30, 0.22)) * 25))
    late_s = ("20 tones of 3 s, each 150 ms later", partial(twenty, late_for_s))
    late_m = ("20 tones of 400 ms, each 20 ms later", partial(twenty, late_for_m))
    files = partial(twenty, rising_for_s), partial(twenty, rising_for_m)
    streams = partial(joined, rising_for_s), partial(joined, rising_for_m)
    for number, form, (signal, sounds), reads, expected in (
        ("9", FILE, steps_s, "max S", usual),
        ("9", LIVE, steps_s, "every S from 3 s on", usual),
        ("10", FILE, late_s, "max S", usual),
        ("10", LIVE, late_s, "max S", usual),
        ("11", FILE, ("as 10, at -38 to -19 dBFS, a file each", files[0]), "max S", rising),
        (
            "11",
            LIVE,
            ("as 10, at -38 to -19 dBFS, one stream", streams[0]),
            "max S after each tone",
            rising,
        ),
        ("12", FILE, steps_m, "max M", usual),
        ("12", LIVE, steps_m, "every M from 1 s on", usual),
        ("13", FILE, late_m, "max M", usual),
        ("13", LIVE, late_m, "max M", usual),
        ("14", FILE, ("as 13, at -38 to -19 dBFS, a file each", files[1]), "max M", rising),
        (
            "14",
            LIVE,
            ("as 13, at -38 to -19 dBFS, one stream", streams[1]),
            "max M after each tone",
            rising,
        ),
    ):
        yield Case(
            number=f"3341-{number}",
            form=form,
            signal=signal,
            reads=reads,
            expected=expected,
            sounds=sounds,
        )


def _peaks(rate: int) -> Iterator[Case]:
    # Sampling rate over frequency, amplitude, phase in degrees, dBTP.
    shapes = {
        "15": (4, 0.50, 0, -6.0),
        "16": (4, 0.50, 45, -6.0),
        "17": (6, 0.50, 60, -6.0),
        "18": (8, 0.50, 67.5, -6.0),
        "19": (4, 1.41, 45, 3.0),
    }
    signals = {
        number: (
            f"rate/{divisor}, amplitude {amplitude:g}, {phase:g}°",
            dbtp,
            partial(between_samples, rate, divisor, amplitude, phase),
        )
        for number, (divisor, amplitude, phase, dbtp) in shapes.items()
    }
    for offset in range(4):
        made = partial(one_louder_period, rate, offset)
        signals[str(20 + offset)] = (f"one louder period, {offset}/4 sample late", 0.0, made)
    for number, (signal, dbtp, sound) in signals.items():
        yield Case(
            number=f"3341-{number}",
            form=FILE,
            signal=signal,
            reads="true peak",
            expected=(dbtp,),
            below=0.4,
            above=0.2,
            rate=rate,
            sounds=partial(one, sound),
        )


def _ranges() -> Iterator[Case]:
    levels = {
        "1": ((-20, -30), 10.0),
        "2": ((-20, -15), 5.0),
        "3": ((-40, -20), 20.0),
        "4": ((-50, -35, -20, -35, -50), 15.0),
    }
    for number, (parts, range_lu) in levels.items():
        for form in (FILE, LIVE):
            yield Case(
                number=f"3342-{number}",
                form=form,
                signal=f"20 s each at {', '.join(map(str, parts))}",
                reads="LRA",
                expected=(range_lu,),
                below=1.0,
                above=1.0,
                sounds=toned(*((level, 20) for level in parts)),
            )


CASES = (*_steady(), *_moving(), *_peaks(RATE), *_ranges())
AT_OTHER_RATES = tuple(case for rate in RATES if rate != RATE for case in _peaks(rate))
