"""Decodes a sound track in order, as far as it can be decoded, in constant memory.

What libav trims (LAME's tag, edit lists, Opus' pre-skip) is trimmed here too, since libav does it:
the samples are those of FFmpeg's own command line. Beyond it: a hole in the timestamps, mostly left
by a damaged packet, is filled with silence, so that what follows stays in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TypeAlias

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from transcoder.probe import Sound

# Clocks of a millisecond jitter by one or two; the shortest packet worth a mention lasts longer.
_SHORTEST_HOLE = 100  # of them make a second
_LONGEST_HOLE = 60  # seconds; beyond it the clock was set anew, and nothing is missing
_Ticks: TypeAlias = int | Fraction  # integers in all but odd files: fractions cost ten times more
_MOST_SILENCE = 600  # seconds of silence put into one file


@dataclass(frozen=True, slots=True)
class Silence:
    """Samples that the file should have had here."""

    samples: int


@dataclass(slots=True, kw_only=True)
class Findings:
    """What was wrong with the file, counted while it is decoded, and what is known only then."""

    damaged_packets: int = 0
    silence: int = 0  # samples put in
    bad_samples: int = 0  # NaN, infinite or absurd, made silent
    broken_off: bool = False  # the file could not be read to its end
    packet_bytes: int = 0
    samples: int = 0

    def notes(self, sound: Sound) -> list[str]:
        """Say it in sentences for the owner of the file."""
        found = []
        if self.damaged_packets:
            found.append(f"{self.damaged_packets} damaged pieces of the file were left out.")
        if self.silence:
            found.append(f"{self.silence / sound.rate:.2f} s missing in the file are silent.")
        if self.bad_samples:
            found.append(f"{self.bad_samples} samples were not numbers and are silent.")
        if self.broken_off or sound.cut or self._ends_early(sound):
            found.append(f"The file ends early, after {self.samples / sound.rate:.2f} s.")
        return found

    def _ends_early(self, sound: Sound) -> bool:
        # Elsewhere the duration is an estimate from the bit rate.
        if sound.duration is None or sound.container not in {"flac", "mp4"}:
            return False
        return self.samples < (sound.duration - Fraction(1, 2)) * sound.rate


def frames(
    media: InputContainer, stream: AudioStream, sound: Sound, findings: Findings
) -> Iterator[AudioFrame | Silence]:
    """Yield what was decoded, and silence for what is missing in between."""
    timeline = _Timeline(sound.rate, findings)
    for packet in _packets(media, stream, findings):
        for frame in _decoded(packet, findings):
            yield from timeline.place(frame)
    yield from timeline.rest()


def _packets(
    media: InputContainer, stream: AudioStream, findings: Findings
) -> "Iterator[Packet[AudioStream]]":
    try:
        for packet in media.demux(stream):
            findings.packet_bytes += packet.size
            yield packet
    except av.error.FFmpegError:
        findings.broken_off = True


def _decoded(packet: "Packet[AudioStream]", findings: Findings) -> list[AudioFrame]:
    try:
        return packet.decode()
    except av.error.FFmpegError:
        # Its place stays empty: the next frame's timestamp tells how long it was.
        findings.damaged_packets += 1
        return []


class _Timeline:
    """Finds holes between a frame and the one before; a slow drift of clocks is none.

    A frame is kept until the next one confirms its place: Ogg's pages make single frames stray.
    """

    def __init__(self, rate: int, findings: Findings) -> None:
        self._rate = rate
        self._findings = findings
        self._second = 0  # in ticks, which are so fine that frames begin and end on whole ones
        self._kept: AudioFrame | None = None
        self._start: _Ticks | None = None  # of the kept frame, as its timestamp says
        self._expected: _Ticks | None = None  # as the frame before it says

    def place(self, frame: AudioFrame) -> Iterator[AudioFrame | Silence]:
        start = self._start_of(frame)
        if self._kept is not None:
            yield from self._release(self._kept, start)
        self._kept, self._start = frame, start

    def rest(self) -> Iterator[AudioFrame]:
        if self._kept is not None:
            yield self._kept

    def _release(
        self, kept: AudioFrame, following: _Ticks | None
    ) -> Iterator[AudioFrame | Silence]:
        length = self._ticks(kept.samples, kept.sample_rate)
        start, expected = self._start, self._expected
        shortest = self._second // _SHORTEST_HOLE
        if start is None or expected is None:
            start = expected if start is None else start
        elif shortest <= start - expected <= _LONGEST_HOLE * self._second:
            if following is not None and following - expected - length >= shortest:
                yield from self._silence(start - expected)
            else:
                start = expected
        self._expected = None if start is None else start + length
        yield kept

    def _silence(self, hole: _Ticks) -> Iterator[Silence]:
        samples = round(Fraction(hole * self._rate, self._second))
        if self._findings.silence + samples <= _MOST_SILENCE * self._rate:
            self._findings.silence += samples
            yield Silence(samples)

    def _start_of(self, frame: AudioFrame) -> _Ticks | None:
        base = frame.time_base
        if not self._second:
            clock = 1 if base is None else base.denominator
            self._second = lcm(_SHORTEST_HOLE, frame.sample_rate, clock)
        if frame.pts is None or base is None:
            return None
        return self._ticks(frame.pts * base.numerator, base.denominator)

    def _ticks(self, count: int, a_second: int) -> _Ticks:
        """Convert exactly; where a file changes its rate, ticks may become fractions."""
        whole, rest = divmod(count * self._second, a_second)
        return whole + Fraction(rest, a_second) if rest else whole
