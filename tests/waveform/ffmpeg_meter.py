"""What FFmpeg's ebur128 filter reads of the same samples, every 100 ms."""

import re
import subprocess
from math import log10

import numpy as np
from numpy.typing import NDArray

from tests.waveform.readings import Readings, held
from tests.waveform.sounds import Sound

LAYOUTS = {1: "mono", 2: "stereo", 5: "5.0", 6: "5.1"}


def integrated(sound: Sound, rate: int) -> float:
    # A line for each 100 ms; the last one is the whole programme's.
    return float(_column(_printed(sound, rate, "metadata=1"), "I")[-1])


def readings(sound: Sound, rate: int) -> Readings:
    printed = _printed(sound, rate, "metadata=1:peak=true")
    momentary, short_term = _column(printed, "M"), _column(printed, "S")
    peak = max(map(float, re.findall(r"true_peaks?_ch\d+=(\S+)", printed)))
    return Readings(
        integrated=float(_column(printed, "I")[-1]),
        range=float(_column(printed, "LRA")[-1]),
        true_peak=20 * log10(peak),
        looks=10,
        momentary=momentary,
        short_term=short_term,
        momentary_held=held(momentary),
        short_term_held=held(short_term),
    )


def version() -> str:
    said = subprocess.run(["ffmpeg", "-version"], check=True, capture_output=True, text=True)
    return said.stdout.split()[2].split("-")[0]


def _printed(sound: Sound, rate: int, options: str) -> str:
    layout = LAYOUTS[len(sound)]
    graph = f"aformat=channel_layouts={layout},ebur128={options},ametadata=mode=print:file=-"
    source = ["-f", "f32le", "-ar", str(rate), "-ac", str(len(sound)), "-channel_layout", layout]
    command = ["ffmpeg", "-v", "error", *source, "-i", "pipe:", "-af", graph, "-f", "null", "-"]
    return subprocess.run(
        command, input=np.ascontiguousarray(sound.T).tobytes(), capture_output=True, check=True
    ).stdout.decode()


def _column(printed: str, name: str) -> NDArray[np.float64]:
    return np.array([float(value) for value in re.findall(rf"r128\.{name}=(\S+)", printed)])
