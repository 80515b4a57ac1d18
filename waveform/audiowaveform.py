"""The file formats of BBC's audiowaveform, which peaks.js and waveform-data.js read."""

import json
from struct import Struct
from typing import Any, Final

import numpy as np

from waveform.peaks import Peaks, Pixels

# Version, flags, sampling rate, samples per pixel, length; version 2 goes on with channels.
HEADER = Struct("<iIiiI")
CHANNELS = Struct("<i")
EIGHT_BITS = 1  # a flag; without it pixels are of 16 bits
MOST_CHANNELS = 24
TEXT = [str(value) for value in (*range(128), *range(-128, 0))]  # by unsigned byte
_KINDS: Final[dict[int, np.dtype[np.signedinteger[Any]]]] = {
    8: np.dtype("i1"),
    16: np.dtype("<i2"),
}


class NotPeaks(ValueError):
    """The bytes or the text are no file of peaks; str() says what is wrong with them."""


class TooManyChannels(ValueError):
    """More channels than audiowaveform reads back."""


def to_dat(peaks: Peaks) -> bytes:
    """Write as audiowaveform does: one channel by version 1 of the format, more by version 2."""
    _check_channels(peaks)
    mono = peaks.channels == 1
    header = HEADER.pack(
        1 if mono else 2,
        EIGHT_BITS if peaks.bits == 8 else 0,
        peaks.rate,
        peaks.samples_per_pixel,
        peaks.length,
    )
    body = peaks.pixels.astype(_KINDS[peaks.bits], copy=False).tobytes()
    return header + (b"" if mono else CHANNELS.pack(peaks.channels)) + body


def from_dat(data: bytes) -> Peaks:
    if len(data) < HEADER.size:
        raise NotPeaks("it is shorter than the header")
    version, flags, rate, samples_per_pixel, length = HEADER.unpack_from(data)
    if version not in {1, 2} or flags & ~EIGHT_BITS:
        raise NotPeaks(f"it says version {version} and flags {flags}")
    _check_scale(rate, samples_per_pixel)
    channels, body = _channels(data) if version == 2 else (1, data[HEADER.size :])
    kind = _KINDS[8 if flags & EIGHT_BITS else 16]
    if len(body) != 2 * channels * length * kind.itemsize:
        raise NotPeaks(f"it has {len(body)} bytes for {length} pixels of {channels} channels")
    pixels = np.frombuffer(body, kind).reshape(-1, channels, 2)
    return Peaks(rate, samples_per_pixel, pixels.astype(kind.newbyteorder("="), copy=False))


def to_json(peaks: Peaks) -> str:
    """Write the one line of JSON that audiowaveform writes, to the byte."""
    _check_channels(peaks)
    if peaks.bits == 8:
        numbers = ",".join([TEXT[byte] for byte in peaks.pixels.tobytes()])
    else:
        numbers = ",".join(map(str, peaks.pixels.ravel().tolist()))
    return (
        f'{{"version":2,"channels":{peaks.channels},"sample_rate":{peaks.rate},'
        f'"samples_per_pixel":{peaks.samples_per_pixel},"bits":{peaks.bits},'
        f'"length":{peaks.length},"data":[{numbers}]}}\n'
    )


def from_json(text: str | bytes) -> Peaks:
    """Read version 2, and version 1, which knew but one channel."""
    told = _object(text)
    version = _integer(told, "version")
    if version not in {1, 2}:
        raise NotPeaks(f"it says version {version}")
    channels = _integer(told, "channels") if version == 2 else 1
    rate, samples_per_pixel = _integer(told, "sample_rate"), _integer(told, "samples_per_pixel")
    bits, length = _integer(told, "bits"), _integer(told, "length")
    _check_scale(rate, samples_per_pixel)
    if bits not in _KINDS or not 1 <= channels <= MOST_CHANNELS:
        raise NotPeaks(f"it says {bits} bits and {channels} channels")
    data = _numbers(told.get("data"), bits)
    if len(data) != 2 * channels * length:
        raise NotPeaks(f"it has {len(data)} numbers for {length} pixels of {channels} channels")
    return Peaks(rate, samples_per_pixel, data.reshape(-1, channels, 2))


def _check_channels(peaks: Peaks) -> None:
    if peaks.channels > MOST_CHANNELS:
        raise TooManyChannels(f"{peaks.channels} channels; the format takes {MOST_CHANNELS}")


def _check_scale(rate: int, samples_per_pixel: int) -> None:
    if not (0 < rate < 2**31 and 0 < samples_per_pixel < 2**31):
        raise NotPeaks(f"it says {rate} Hz and {samples_per_pixel} samples a pixel")


def _channels(data: bytes) -> tuple[int, bytes]:
    start = HEADER.size + CHANNELS.size
    if len(data) < start:
        raise NotPeaks("it is shorter than the header")
    (channels,) = CHANNELS.unpack_from(data, HEADER.size)
    if not 1 <= channels <= MOST_CHANNELS:
        raise NotPeaks(f"it says {channels} channels")
    return channels, data[start:]


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotPeaks("it is no JSON") from error
    if not isinstance(told, dict):
        raise NotPeaks("it is no object of JSON")
    return told


def _integer(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    if type(value) is not int:  # True is no number
        raise NotPeaks(f"it has no whole number for {name}")
    return value


def _numbers(data: object, bits: int) -> Pixels:
    if not isinstance(data, list) or any(type(value) is not int for value in data):
        raise NotPeaks("its data is no list of whole numbers")
    kind = np.dtype(np.int8 if bits == 8 else np.int16)
    try:
        return np.array(data, kind)
    except OverflowError as error:
        raise NotPeaks(f"a number in it needs more than {bits} bits") from error
