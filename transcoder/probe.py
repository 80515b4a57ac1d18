"""Opens a file as the container it was sniffed to be, and reads what it says of its sound.

The demuxer is named, never guessed: FFmpeg's guessing is what lets a text file pass for a
playlist. Its lists are given to it as options and checked here once more: a decoder is opened
only if it is one of ours. While the streams are looked at, video and picture decoders are barred
too, so that a picture which unpacks to gigabytes stays packed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition

from transcoder import pcm
from transcoder.errors import (
    EmptyFile,
    LimitExceeded,
    NoSound,
    NotMedia,
    TooLong,
    UnsupportedCodec,
)

LONGEST_HOURS = 12
MOST_CHANNELS = 24
_MOST_STREAMS = 16
RATES = range(4_000, 384_001)  # Hz

DEMUXERS: Final[Mapping[str, str]] = {
    "aac": "aac",
    "aiff": "aiff",
    "avi": "avi",
    "flac": "flac",
    "flv": "flv",
    "matroska": "matroska",
    "mp3": "mp3",
    "mp4": "mov",
    "mpegts": "mpegts",
    "ogg": "ogg",
    "wav": "wav",
}
_LOSSY: Final = (
    *("aac", "aac_latm", "ac3", "eac3", "dca", "opus", "libopus", "vorbis"),
    *("mp1", "mp1float", "mp2", "mp2float", "mp3", "mp3float"),
    *("pcm_alaw", "pcm_mulaw"),
)
DECODERS: Final = frozenset((*_LOSSY, "alac", "flac", *pcm.BITS))
_OPTIONS: Final = {
    "protocol_whitelist": "file",
    "codec_whitelist": ",".join(sorted(DECODERS)),
    "max_streams": str(_MOST_STREAMS),
    "probesize": "5000000",
    "analyzeduration": "5000000",
    "enable_drefs": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """One sound track as its headers describe it; a header may lie, and decoding will tell."""

    container: str
    codec: str
    rate: int
    channels: int
    bits: int | None  # of an integer sample; None for floating point and for lossy codecs
    bit_rate: int | None
    duration: Fraction | None  # seconds
    lossless: bool
    cut: bool  # the file is shorter than its header says

    @property
    def served_channels(self) -> int:
        return min(self.channels, 2)

    @property
    def exact(self) -> bool:
        """Whether a FLAC rung can hold the very samples of the file."""
        return self.bits is not None and self.bits <= 24 and self.channels <= 2


def open_source(path: str, container: str) -> InputContainer:
    """Open a file whose name we chose ourselves: FFmpeg reads meaning into names."""
    demuxer = DEMUXERS.get(container)
    if demuxer is None:
        raise NotMedia(f"{container} files are not played here.")
    try:
        return av.open(
            path,
            "r",
            format=demuxer,
            options={**_OPTIONS, "format_whitelist": demuxer},
            metadata_errors="surrogateescape",
        )
    except av.error.EOFError as error:
        raise EmptyFile("There is nothing in this file behind its header.") from error
    except av.error.MemoryError as error:  # so FFmpeg says that there are too many streams
        raise LimitExceeded(f"This file has more than {_MOST_STREAMS} tracks.") from error
    except av.error.FFmpegError as error:
        raise NotMedia(f"This {container} file cannot be read: it is damaged.") from error


def sound_stream(media: InputContainer) -> AudioStream:
    """Choose the sound track to take, and turn the others off."""
    streams = media.streams.audio
    if not streams:
        raise NoSound
    ours = [stream for stream in streams if _decoder(stream) in DECODERS]
    if not ours:
        name = _decoder(streams[0]) or "an unknown codec"
        raise UnsupportedCodec(f"The sound in this file is {name}, which is not decoded here.")
    chosen = max(ours, key=lambda stream: bool(stream.disposition & Disposition.default))
    for stream in media.streams:
        if stream.index != chosen.index:
            stream.discard = Discard.all
    chosen.codec_context.options = {"codec_whitelist": _OPTIONS["codec_whitelist"]}
    chosen.codec_context.thread_count = 1
    return chosen


def describe(media: InputContainer, stream: AudioStream, container: str) -> Sound:
    """Read the headers, and refuse what lies beyond our limits."""
    codec = _decoder(stream)
    bits = pcm.bits(codec, stream.codec_context.extradata)
    sound = Sound(
        container=container,
        codec=codec.removesuffix("float"),
        rate=stream.rate,
        channels=stream.channels,
        bits=bits,
        bit_rate=stream.bit_rate or media.bit_rate or None,
        duration=_duration(media, stream),
        lossless=codec not in _LOSSY,
        cut=_is_cut(Path(media.name)),
    )
    _check_limits(sound)
    return sound


def _decoder(stream: AudioStream) -> str:
    # Without a decoder there is no context, whatever the type says.
    context = getattr(stream, "codec_context", None)
    return context.name if context is not None else ""


def _duration(media: InputContainer, stream: AudioStream) -> Fraction | None:
    if stream.duration and stream.time_base:
        return stream.duration * stream.time_base
    return Fraction(media.duration, av.time_base) if media.duration else None


def _is_cut(path: Path) -> bool:
    """Compare what WAV and AIFF say of their size; FFmpeg silently takes what is there."""
    with path.open("rb") as file:
        head = file.read(8)
    orders: dict[bytes, Literal["little", "big"]] = {b"RIFF": "little", b"FORM": "big"}
    order = orders.get(head[:4])
    if order is None:
        return False
    claimed = int.from_bytes(head[4:], order)
    # The largest number stands for a stream that had no end; a few bytes are forgiven.
    return claimed != 0xFFFFFFFF and claimed > path.stat().st_size + 16


def _check_limits(sound: Sound) -> None:
    if not 1 <= sound.channels <= MOST_CHANNELS:
        raise LimitExceeded(
            f"This file has {sound.channels} channels; at most {MOST_CHANNELS} are taken."
        )
    if sound.rate not in RATES:
        raise LimitExceeded(
            f"This file has a sample rate of {sound.rate} Hz; 4 kHz to 384 kHz are taken."
        )
    if sound.duration is not None and sound.duration > LONGEST_HOURS * 3600:
        raise TooLong
