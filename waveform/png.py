"""A picture of the waveform: a PNG of two colours, one bit a pixel."""

import struct
import zlib

import numpy as np

from waveform.peaks import Peaks
from waveform.picture import LIGHT, Colours, rows

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ONE_BIT, PALETTE = 1, 3


def render(peaks: Peaks, width: int, height: int, colours: Colours = LIGHT) -> bytes:
    """Draw the whole waveform into exactly width by height pixels; silence is a line."""
    top, bottom = rows(peaks, width, height)
    row = np.arange(height)[:, np.newaxis]
    bits = np.packbits((top <= row) & (row <= bottom), axis=1)
    unfiltered = np.zeros((height, 1), np.uint8)  # each line opens with the number of its filter
    lines = np.concatenate([unfiltered, bits], axis=1).tobytes()
    return indexed(width, height, ONE_BIT, bytes((*colours.paper, *colours.wave)), lines)


def indexed(width: int, height: int, bits: int, palette: bytes, lines: bytes) -> bytes:
    """Put the file together: `lines` are numbers of colours, each line behind its filter's."""
    return (
        SIGNATURE
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, PALETTE, 0, 0, 0))
        + _chunk(b"PLTE", palette)
        + _chunk(b"IDAT", zlib.compress(lines))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
