"""A picture of the waveform: an SVG of one path, with the very rows and columns of the PNG.

Nothing but numbers is put into the text, so it is safe to show wherever it came from.
"""

import numpy as np
from numpy.typing import NDArray

from waveform.peaks import Peaks
from waveform.picture import LIGHT, Colours, Rgb, rows


def render(peaks: Peaks, width: int, height: int, colours: Colours = LIGHT) -> str:
    """Draw the whole waveform; a page may stretch it to any size without a loss."""
    top, bottom = rows(peaks, width, height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" preserveAspectRatio="none">'
        f'<rect width="{width}" height="{height}" fill="{_hex(colours.paper)}"/>'
        f'<path fill="{_hex(colours.wave)}" d="{_outline(top, bottom + 1)}"/></svg>\n'
    )


def _outline(top: NDArray[np.int64], bottom: NDArray[np.int64]) -> str:
    """Go to the right along the upper edges and back along the lower ones."""
    return f"M0 {top[0]}{_steps(top)}v{bottom[-1] - top[-1]}{_steps(bottom[::-1], '-')}z"


def _steps(edge: NDArray[np.int64], sign: str = "") -> str:
    """Return a line along each run of one height, and one to the height of the next."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(edge)) + 1])
    first, *lengths = np.diff(starts, append=len(edge)).tolist()
    rises = np.diff(edge[starts]).tolist()
    steps = zip(rises, lengths, strict=True)
    return f"h{sign}{first}" + "".join(f"v{rise}h{sign}{length}" for rise, length in steps)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
