"""Equaliser curves as a listener writes them in a URL: a preset's name, or up to ten bands.

    bass
    peak:1000:3:1,lowshelf:100:4:0.7,highpass:30:0.7

A band is its kind, its frequency in Hz, for a peak or a shelf its gain in dB, and its Q.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from waveform.biquads import Band, Kind

MOST_BANDS: Final = 10
LONGEST: Final = 400  # characters; ten bands at their longest have fewer
FREQUENCIES: Final = (10.0, 20_000.0)  # Hz
GAINS: Final = (-24.0, 24.0)  # dB
QS: Final = (0.1, 20.0)
FLAT: Final = "flat"
# No exponent, and no plus, which a URL's parser turns into a space.
_NUMBER: Final = re.compile(r"-?[0-9]{1,5}(\.[0-9]{1,3})?", re.ASCII)


class BadCurve(ValueError):
    """A curve that cannot be read, and what is wrong with it in words."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Bands in one order, without those that change nothing: equal curves are equal."""

    bands: tuple[Band, ...] = ()

    @classmethod
    def of(cls, bands: Iterable[Band]) -> Self:
        kept = sorted(band for band in bands if band.gain_db or not band.kind.has_gain)
        if len(kept) > MOST_BANDS:
            raise BadCurve(f"{len(kept)} bands are more than {MOST_BANDS}")
        return cls(tuple(kept))

    def __str__(self) -> str:
        """Write the one text of this curve, which `parse` reads: fit for a URL or a key."""
        return ",".join(map(_written, self.bands)) or FLAT


def parse(text: str) -> Curve:
    """Read a preset's name or bands; a preset is equal to its bands written out."""
    if text in PRESETS:
        return PRESETS[text]
    if len(text) > LONGEST:
        raise BadCurve(f"a curve has at most {LONGEST} characters")
    if ":" not in text:
        raise BadCurve(f"{text!r} is no preset: there are {', '.join(PRESETS)}")
    return Curve.of(map(_band, text.split(",")))


def _band(text: str) -> Band:
    word, *numbers = text.split(":")
    try:
        kind = Kind(word)
    except ValueError:
        raise BadCurve(f"{word!r} is no kind of band: there are {', '.join(Kind)}") from None
    wanted = ("frequency", "gain", "Q") if kind.has_gain else ("frequency", "Q")
    if len(numbers) != len(wanted):
        raise BadCurve(f"{text!r}: a {kind} has {' and '.join(wanted)}")
    frequency = _number(text, "frequency in Hz", numbers[0], FREQUENCIES)
    gain = _number(text, "gain in dB", numbers[1], GAINS) if kind.has_gain else 0.0
    return Band(kind, frequency, gain, _number(text, "Q", numbers[-1], QS))


def _number(band: str, name: str, text: str, bounds: tuple[float, float]) -> float:
    if not _NUMBER.fullmatch(text):
        raise BadCurve(f"{band!r}: its {name} is no plain number of at most three decimals")
    low, high = bounds
    if not low <= float(text) <= high:
        raise BadCurve(f"{band!r}: its {name} is not between {low:g} and {high:g}")
    return float(text)


def _written(band: Band) -> str:
    gain = (band.gain_db,) if band.kind.has_gain else ()
    numbers = (
        f"{number:.3f}".rstrip("0").rstrip(".") for number in (band.frequency, *gain, band.q)
    )
    return ":".join((band.kind.value, *numbers))


def _preset(*bands: tuple[Kind, float, float, float]) -> Curve:
    return Curve.of(Band(*band) for band in bands)


PRESETS: Final[Mapping[str, Curve]] = {
    FLAT: Curve(),
    "bass": _preset((Kind.LOWSHELF, 110.0, 6.0, 0.7)),
    "lessbass": _preset((Kind.LOWSHELF, 110.0, -6.0, 0.7)),
    "treble": _preset((Kind.HIGHSHELF, 6_000.0, 5.0, 0.7)),
    "lesstreble": _preset((Kind.HIGHSHELF, 6_000.0, -5.0, 0.7)),
    # Rumble out, less boom, more of what consonants are made of.
    "speech": _preset(
        (Kind.HIGHPASS, 90.0, 0.0, 0.7),
        (Kind.PEAK, 250.0, -3.0, 1.0),
        (Kind.PEAK, 3_000.0, 4.0, 0.8),
    ),
    "vocal": _preset(
        (Kind.LOWSHELF, 150.0, -2.0, 0.7),
        (Kind.PEAK, 2_500.0, 3.5, 0.8),
        (Kind.HIGHSHELF, 9_000.0, 1.5, 0.7),
    ),
    # Played softly, music lacks both its ends (the equal-loudness contours of ISO 226).
    "loudness": _preset((Kind.LOWSHELF, 120.0, 7.0, 0.6), (Kind.HIGHSHELF, 8_000.0, 3.0, 0.7)),
    # Bass is what goes through walls.
    "night": _preset((Kind.LOWSHELF, 160.0, -8.0, 0.7), (Kind.PEAK, 2_500.0, 2.0, 0.8)),
    "rock": _preset(
        (Kind.LOWSHELF, 100.0, 4.0, 0.7),
        (Kind.PEAK, 500.0, -2.0, 0.9),
        (Kind.HIGHSHELF, 5_000.0, 3.5, 0.7),
    ),
    "small": _preset(  # loudspeakers of telephones: what they cannot play would only cost level
        (Kind.HIGHPASS, 150.0, 0.0, 0.7),
        (Kind.PEAK, 350.0, 3.0, 0.8),
        (Kind.HIGHSHELF, 7_000.0, 2.0, 0.7),
    ),
}
