"""How many bits an integer sample has, by what its codec says; and samples as arrays."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

Sound: TypeAlias = NDArray[np.float32]  # planar: (channels, samples), full scale at 1
Exact: TypeAlias = NDArray[np.int16] | NDArray[np.int32]  # (samples, channels), full scale

# None: floating point.
BITS: Final[Mapping[str, int | None]] = {
    "pcm_f32be": None,
    "pcm_f32le": None,
    "pcm_f64be": None,
    "pcm_f64le": None,
    "pcm_s16be": 16,
    "pcm_s16le": 16,
    "pcm_s24be": 24,
    "pcm_s24le": 24,
    "pcm_s32be": 32,
    "pcm_s32le": 32,
    "pcm_s8": 8,
    "pcm_u8": 8,
}


def bits(codec: str, extradata: bytes | None) -> int | None:
    """Return the bits of an integer sample, None where samples are no integers or unknown."""
    data = extradata or b""
    if codec == "flac" and len(data) >= 14:  # STREAMINFO (RFC 9639, 8.2)
        return ((data[12] & 1) << 4 | data[13] >> 4) + 1
    if codec == "alac" and len(data) >= 18:  # an ALACSpecificConfig behind its box's header
        return data[17]
    return BITS.get(codec)


def planar(frame: AudioFrame) -> NDArray[Any]:
    """Return the frame's samples as (channels, samples), in the frame's own numbers."""
    samples = frame.to_ndarray()
    if frame.format.is_planar:
        return samples
    return samples.reshape(-1, frame.layout.nb_channels).T


def middle(dtype: np.dtype[Any]) -> int:
    """Return what silence is in numbers of this kind."""
    return 128 if dtype == np.uint8 else 0


def to_float(samples: NDArray[Any]) -> Sound:
    """Scale integers so that full scale is 1; 24 bits keep every bit."""
    floats = samples.astype(np.float32, order="C", copy=False)
    match samples.dtype:
        case np.uint8:
            return (floats - np.float32(128)) * np.float32(2**-7)
        case np.int16:
            return floats * np.float32(2**-15)
        case np.int32:
            return floats * np.float32(2**-31)
        case _:
            return floats


def to_exact(samples: NDArray[Any], bits: int) -> Exact:
    """Interleave integers as FLAC's encoder takes them: 16 bits, or 24 at the top of 32."""
    wanted = np.int32 if bits > 16 else np.int16
    if samples.dtype == np.uint8:
        samples = (samples.astype(np.int16) - np.int16(128)) << np.int16(8)
    if samples.dtype != wanted:  # the file changed its format in the middle
        full = 2.0 ** (31 if bits > 16 else 15)
        samples = np.clip(np.rint(to_float(samples) * full), -full, full - 1).astype(wanted)
    return np.ascontiguousarray(samples.T)
