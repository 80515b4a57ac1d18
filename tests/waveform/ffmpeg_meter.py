"""What FFmpeg's ebur128 filter reads of the same samples."""

import subprocess

import numpy as np

from tests.waveform.sounds import Sound


def integrated(sound: Sound, rate: int) -> float:
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(sound)]
    graph = f"aformat=channel_layouts={layout},ebur128=metadata=1,ametadata=mode=print:file=-"
    source = ["-f", "f32le", "-ar", str(rate), "-ac", str(len(sound)), "-channel_layout", layout]
    command = ["ffmpeg", "-v", "error", *source, "-i", "pipe:", "-af", graph, "-f", "null", "-"]
    printed = subprocess.run(
        command, input=np.ascontiguousarray(sound.T).tobytes(), capture_output=True, check=True
    ).stdout.decode()
    # A line for each 100 ms; the last one is the whole programme's.
    return float(printed.rpartition("lavfi.r128.I=")[2].split()[0])
