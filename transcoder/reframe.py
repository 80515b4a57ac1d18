"""Brings decoded frames into blocks of one shape: float32, one or two channels, one rate.

Beside it a block keeps the very integers of the file, where a FLAC rung wants them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from transcoder import pcm
from transcoder.decode import Findings, Silence
from transcoder.downmix import downmix
from transcoder.errors import DecodeFailed, TooLong, TooShort
from transcoder.probe import LONGEST_HOURS, Sound
from transcoder.resample import Resampler
from waveform.damage import silence_damage

BLOCK = 32_768  # samples, and at most a frame more: so long that Python's part costs nothing


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the programme; its arrays are the receiver's own."""

    sound: pcm.Sound
    exact: pcm.Exact | None

    @property
    def samples(self) -> int:
        return int(self.sound.shape[1])


class _Kind(NamedTuple):
    rate: int
    layout: tuple[str, ...]
    dtype: np.dtype[Any]


def blocks(
    frames: Iterable[AudioFrame | Silence], sound: Sound, findings: Findings
) -> Iterator[Block]:
    """Yield the programme, and count its samples."""
    shape = _Shape(sound, findings)
    for kind, samples in _runs(frames):
        yield from shape.blocks(kind, samples)
    yield from shape.rest()
    if findings.samples == 0:
        raise DecodeFailed if findings.damaged_packets or findings.broken_off else TooShort


def _runs(frames: Iterable[AudioFrame | Silence]) -> Iterator[tuple[_Kind, NDArray[Any]]]:
    """Join the samples of frames of one kind; few files change their kind in the middle."""
    held: list[NDArray[Any]] = []
    held_kind: _Kind | None = None
    count = 0
    for kind, samples in _native(frames):
        if held_kind and (kind != held_kind or count >= BLOCK):
            yield held_kind, np.concatenate(held, axis=1)
            held, count = [], 0
        held_kind = kind
        held.append(samples)
        count += samples.shape[1]
    if held_kind:
        yield held_kind, np.concatenate(held, axis=1)


def _native(frames: Iterable[AudioFrame | Silence]) -> Iterator[tuple[_Kind, NDArray[Any]]]:
    kind: _Kind | None = None
    for frame in frames:
        if isinstance(frame, AudioFrame):
            samples = pcm.planar(frame)
            names = tuple(channel.name for channel in frame.layout.channels)
            kind = _Kind(frame.sample_rate, names, samples.dtype)
            yield kind, samples
        elif kind:
            for start in range(0, frame.samples, BLOCK):
                size = (len(kind.layout), min(BLOCK, frame.samples - start))
                yield kind, np.full(size, pcm.middle(kind.dtype), kind.dtype)


class _Shape:
    """Holds everything to the rate and the channels that the headers promised."""

    def __init__(self, sound: Sound, findings: Findings) -> None:
        self._sound = sound
        self._findings = findings
        self._from_rate = sound.rate
        self._resampler = self._new_resampler(sound.rate)

    def blocks(self, kind: _Kind, samples: NDArray[Any]) -> Iterator[Block]:
        floats = pcm.to_float(samples)
        if samples.dtype.kind == "f":
            self._findings.bad_samples += silence_damage(floats)
        if kind.rate != self._from_rate:
            yield from self.rest()
            self._resampler = self._new_resampler(kind.rate)
        served = self._resampler.feed(self._folded(floats, kind.layout))
        yield from self._block(served, samples if served is floats else served)

    def rest(self) -> Iterator[Block]:
        rest = self._resampler.flush()
        yield from self._block(rest, rest)

    def _new_resampler(self, rate: int) -> Resampler:
        self._from_rate = rate
        return Resampler(rate, self._sound.rate, self._sound.served_channels)

    def _folded(self, floats: pcm.Sound, layout: tuple[str, ...]) -> pcm.Sound:
        served = self._sound.served_channels
        if len(floats) == served:
            return floats
        if len(floats) > 2:
            floats = downmix(layout, len(floats)) @ floats
        if served == 2:
            return np.repeat(floats, 2, axis=0) if len(floats) == 1 else floats
        mono: pcm.Sound = floats.mean(axis=0, keepdims=True)
        return mono

    def _block(self, served: pcm.Sound, native: NDArray[Any]) -> Iterator[Block]:
        if served.shape[1] == 0:
            return
        self._findings.samples += served.shape[1]
        if self._findings.samples > LONGEST_HOURS * 3600 * self._sound.rate:
            raise TooLong
        bits = self._sound.bits if self._sound.exact else None
        yield Block(served, None if bits is None else pcm.to_exact(native, bits))
