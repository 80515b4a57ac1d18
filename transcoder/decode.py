"""Decodes a sound track in order, as far as it can be decoded, in constant memory.

What libav trims (LAME's tag, edit lists, Opus' pre-skip) is trimmed here too, since libav does it:
the samples are those of FFmpeg's own command line. Beyond it: a hole in the timestamps, mostly left
by a damaged packet, is filled with silence, so that what follows stays in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from transcoder.probe import Sound

# Clocks of a millisecond jitter by one or two; the shortest packet worth a mention lasts longer.
_SHORTEST_HOLE = Fraction(10, 1000)
_LONGEST_HOLE = 60  # seconds; beyond it the clock was set anew, and nothing is missing
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
        if self.broken_off or self._ends_early(sound):
            found.append(f"The file ends early, after {self.samples / sound.rate:.2f} s.")
        return found

    def _ends_early(self, sound: Sound) -> bool:
        # Elsewhere the duration is an estimate from the bit rate.
        if sound.duration is None or sound.container not in {"aiff", "flac", "mp4", "wav"}:
            return False
        return self.samples < (sound.duration - Fraction(1, 2)) * sound.rate


def frames(
    media: InputContainer, stream: AudioStream, sound: Sound, findings: Findings
) -> Iterator[AudioFrame | Silence]:
    """Yield what was decoded, and silence for what is missing in between."""
    timeline = _Timeline(sound.rate)
    decoded = (
        frame
        for packet in _packets(media, stream, findings)
        for frame in _decoded(packet, findings)
    )
    for frame, following in _with_following(decoded):
        missing = timeline.missing_before(frame, following)
        if missing:
            findings.silence += missing
            yield Silence(missing)
        yield frame


def _with_following(frames: Iterator[AudioFrame]) -> Iterator[tuple[AudioFrame, AudioFrame | None]]:
    frame = next(frames, None)
    while frame is not None:
        following = next(frames, None)
        yield frame, following
        frame = following


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

    The frame behind must agree: Vorbis in Ogg tells the time at the ends of pages only, and frames
    in between come up to a block too late, the next one just as much too early.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._end: Fraction | None = None  # where the frame before ended, in seconds
        self._silence = 0

    def missing_before(self, frame: AudioFrame, following: AudioFrame | None) -> int:
        start = _start(frame)
        if start is None:
            return 0
        end, lasts = self._end, Fraction(frame.samples, frame.sample_rate)
        self._end = start + lasts
        if end is None or following is None:
            return 0
        later = _start(following)
        hole = start - end if later is None else min(start, later - lasts) - end
        missing = round(hole * self._rate)
        room = _MOST_SILENCE * self._rate - self._silence
        if not _SHORTEST_HOLE <= hole <= _LONGEST_HOLE or missing > room:
            return 0
        self._silence += missing
        return missing


def _start(frame: AudioFrame) -> Fraction | None:
    return None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
