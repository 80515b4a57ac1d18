"""A picture of the waveform: a PNG of two colours, one bit a pixel."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np

from waveform.peaks import Peaks

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ONE_BIT, PALETTE = 1, 3
LOUDEST = 128  # full scale in either direction


@dataclass(frozen=True, slots=True)
class Colours:
    """Red, green and blue, 0 to 255, of what is drawn and of what it is drawn on."""

    wave: tuple[int, int, int]
    paper: tuple[int, int, int]


LIGHT = Colours(wave=(0x0B, 0x6E, 0x8F), paper=(0xFB, 0xFA, 0xF7))
DARK = Colours(wave=(0x4C, 0xC3, 0xE0), paper=(0x0D, 0x14, 0x18))


def render(peaks: Peaks, width: int, height: int, colours: Colours = LIGHT) -> bytes:
    """Draw the whole waveform into exactly width by height pixels; silence is a line."""
    if width < 1 or height < 1:
        raise ValueError(f"a picture of {width} by {height} pixels")
    columns = peaks.mono().fit(width)[:, 0, :].astype(np.int64)
    top = (LOUDEST - 1 - columns[:, 1]) * height // (2 * LOUDEST)
    bottom = (LOUDEST - 1 - columns[:, 0]) * height // (2 * LOUDEST)
    row = np.arange(height)[:, np.newaxis]
    bits = np.packbits((top <= row) & (row <= bottom), axis=1)
    unfiltered = np.zeros((height, 1), np.uint8)  # each line opens with the number of its filter
    lines = np.concatenate([unfiltered, bits], axis=1).tobytes()
    return (
        SIGNATURE
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, ONE_BIT, PALETTE, 0, 0, 0))
        + _chunk(b"PLTE", bytes((*colours.paper, *colours.wave)))
        + _chunk(b"IDAT", zlib.compress(lines))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
