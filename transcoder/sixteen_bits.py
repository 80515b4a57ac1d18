"""The sound of a file on this machine in sixteen bits, as audiowaveform hears it, without a trace.

PCM and FLAC are read by libsndfile, as audiowaveform reads them: so every sample is the same.
Everything else is decoded as the server decodes it, folded into two channels at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from transcoder.decode import Findings
from transcoder.errors import DecodeFailed, TooShort
from transcoder.reframe import BLOCK
from transcoder.source import Source, source_of
from waveform.damage import silence_damage
from waveform.sixteen_bits import sixteen_bits

_INTEGERS: Final = {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32"}
_FLOATS: Final = {"FLOAT", "DOUBLE"}


@dataclass(frozen=True, slots=True)
class SixteenBits:
    """Planar blocks, read while they are asked for; `samples` is None where only decoding tells."""

    rate: int
    channels: int
    samples: int | None
    blocks: Iterator[NDArray[np.int16]]


def listen(path: Path) -> SixteenBits:
    """Open a file; raises MediaError in words for a person, and OSError, also while it is read."""
    source = source_of(path)
    if source.container in {"wav", "aiff", "flac"} and (file := _pcm(path)):
        return SixteenBits(file.samplerate, file.channels, file.frames, _read(file, source))
    sound = source.sound
    return SixteenBits(sound.rate, sound.served_channels, None, _decoded(source))


def _pcm(path: Path) -> soundfile.SoundFile | None:
    """Open what libsndfile reads exactly, None where that is not so."""
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError:
        return None
    if file.subtype in _INTEGERS | _FLOATS:
        return file
    file.close()
    return None


def _read(file: soundfile.SoundFile, source: Source) -> Iterator[NDArray[np.int16]]:
    heard = 0
    try:
        with file:
            for block in _blocks(file):
                heard += block.shape[1]
                yield block
    except soundfile.LibsndfileError:  # which gives up at damage, where FFmpeg goes on behind it
        if file.channels > 2:
            seconds = heard / file.samplerate
            raise DecodeFailed(f"The sound is damaged after {seconds:.1f} s.") from None
        yield from _behind(heard, _decoded(source))
    else:
        if not heard:
            raise TooShort


def _blocks(file: soundfile.SoundFile) -> Iterator[NDArray[np.int16]]:
    floating = file.subtype in _FLOATS
    dtype = "float32" if floating else "int16"
    while len(block := file.read(BLOCK, dtype=dtype, always_2d=True)):
        planar = np.ascontiguousarray(block.T)
        if floating:
            silence_damage(planar)
            planar = sixteen_bits(planar, float_source=True)
        yield planar


def _behind(samples: int, blocks: Iterator[NDArray[np.int16]]) -> Iterator[NDArray[np.int16]]:
    for block in blocks:
        yield block[:, samples:]
        samples = max(0, samples - block.shape[1])


def _decoded(source: Source) -> Iterator[NDArray[np.int16]]:
    floating = source.sound.codec.startswith("pcm_f")
    for block in source.blocks(Findings()):
        yield sixteen_bits(block.sound, float_source=floating)
