"""What a packager must know of one encoded sound track."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

AudioCodec: TypeAlias = Literal["aac", "flac", "opus"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTrack:
    codec: AudioCodec
    rate: int
    channels: int
    extradata: bytes  # AudioSpecificConfig, STREAMINFO or OpusHead, as the encoder gives it
    priming: int  # samples a player must leave out at the start
    samples: int | None  # length of the programme without priming; None while it is not known
    frame_samples: int
    bits: int = 16

    def __post_init__(self) -> None:
        if min(self.rate, self.channels, self.frame_samples, self.bits) < 1:
            raise ValueError(f"no such sound track: {self}")
        if self.priming < 0 or (self.samples is not None and self.samples < 1):
            raise ValueError(f"no such timeline: {self}")
