"""What every picture of a waveform has: its colours, and which rows each column fills."""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from waveform.peaks import Peaks

LOUDEST = 128  # full scale in either direction
HEX: Final = r"#?[0-9A-Fa-f]{6}"  # an address has no room for the sign, a command line has

Rgb = tuple[int, int, int]


class NoColour(ValueError):
    """A text is not the six hexadecimal digits of a colour."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Red, green and blue, 0 to 255, of what is drawn and of what it is drawn on."""

    wave: Rgb
    paper: Rgb


LIGHT: Final = Colours(wave=(0x0B, 0x6E, 0x8F), paper=(0xFB, 0xFA, 0xF7))
DARK: Final = Colours(wave=(0x4C, 0xC3, 0xE0), paper=(0x0D, 0x14, 0x18))
NAMED: Final = {"light": LIGHT, "dark": DARK}


def colours(name: str, wave: str | None = None, paper: str | None = None) -> Colours:
    """Return the named pair, each of the two replaced where a colour is given for it."""
    pair = NAMED[name]
    return Colours(rgb(wave) if wave else pair.wave, rgb(paper) if paper else pair.paper)


def rgb(text: str) -> Rgb:
    if not re.fullmatch(HEX, text):
        raise NoColour(f"{text} is no colour; one looks like #0b6e8f")
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def rows(peaks: Peaks, width: int, height: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the first and the last row that each of the columns fills; silence fills one."""
    if width < 1 or height < 1:
        raise ValueError(f"a picture of {width} by {height} pixels")
    columns = peaks.narrowed().mono().fit(width)[:, 0, :].astype(np.int64)
    top = (LOUDEST - 1 - columns[:, 1]) * height // (2 * LOUDEST)
    bottom = (LOUDEST - 1 - columns[:, 0]) * height // (2 * LOUDEST)
    return top, bottom
