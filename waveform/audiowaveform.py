"""The file formats of BBC's audiowaveform, which peaks.js and waveform-data.js read."""

from struct import Struct

import numpy as np

from waveform.peaks import Peaks

# Version, flags, sampling rate, samples per pixel, length; version 2 goes on with channels.
HEADER = Struct("<iIiiI")
CHANNELS = Struct("<i")
EIGHT_BITS = 1  # a flag; without it pixels are of 16 bits
MOST_CHANNELS = 24
TEXT = [str(value) for value in (*range(128), *range(-128, 0))]  # by unsigned byte


class NotPeaks(ValueError):
    """The bytes are no .dat file of 8-bit peaks."""


def to_dat(peaks: Peaks) -> bytes:
    """Write as audiowaveform does: one channel by version 1 of the format, more by version 2."""
    mono = peaks.channels == 1
    header = HEADER.pack(
        1 if mono else 2, EIGHT_BITS, peaks.rate, peaks.samples_per_pixel, peaks.length
    )
    return header + (b"" if mono else CHANNELS.pack(peaks.channels)) + peaks.pixels.tobytes()


def from_dat(data: bytes) -> Peaks:
    if len(data) < HEADER.size:
        raise NotPeaks("shorter than the header")
    version, flags, rate, samples_per_pixel, length = HEADER.unpack_from(data)
    if version not in {1, 2} or not flags & EIGHT_BITS or rate < 1 or samples_per_pixel < 1:
        raise NotPeaks(f"version {version}, flags {flags}, {rate} Hz, {samples_per_pixel} a pixel")
    channels, body = _channels(data) if version == 2 else (1, data[HEADER.size :])
    if len(body) != 2 * channels * length:
        raise NotPeaks(f"{len(body)} bytes for {length} pixels of {channels} channels")
    return Peaks(rate, samples_per_pixel, np.frombuffer(body, np.int8).reshape(-1, channels, 2))


def _channels(data: bytes) -> tuple[int, bytes]:
    start = HEADER.size + CHANNELS.size
    if len(data) < start:
        raise NotPeaks("shorter than the header")
    (channels,) = CHANNELS.unpack_from(data, HEADER.size)
    if not 1 <= channels <= MOST_CHANNELS:
        raise NotPeaks(f"{channels} channels")
    return channels, data[start:]


def to_json(peaks: Peaks) -> str:
    """Write the one line of JSON that audiowaveform writes, to the byte."""
    numbers = ",".join([TEXT[byte] for byte in peaks.pixels.tobytes()])
    return (
        f'{{"version":2,"channels":{peaks.channels},"sample_rate":{peaks.rate},'
        f'"samples_per_pixel":{peaks.samples_per_pixel},"bits":8,"length":{peaks.length},'
        f'"data":[{numbers}]}}\n'
    )
