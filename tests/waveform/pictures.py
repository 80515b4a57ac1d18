"""Pictures as others see them."""

import subprocess

import numpy as np


def decoded(png: bytes, width: int, height: int) -> np.ndarray:
    """Have ffmpeg decode it, to rows of red, green and blue; it also checks the sums."""
    command = ["ffmpeg", "-v", "error", "-err_detect", "explode", "-f", "png_pipe", "-i", "pipe:"]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        input=png,
        capture_output=True,
        check=True,
    )
    assert not raw.stderr
    return np.frombuffer(raw.stdout, np.uint8).reshape(height, width, 3)
