"""Sample entries: how an init segment says what the samples of a sound track are."""

from collections.abc import Mapping
from struct import pack
from typing import Final

from hls.audio_track import AudioCodec, AudioTrack
from hls.boxes import box, descriptor, full_box

_KINDS: Final[Mapping[AudioCodec, bytes]] = {"aac": b"mp4a", "flac": b"fLaC", "opus": b"Opus"}
_STREAMINFO = 34  # bytes (RFC 9639, 8.2)


class BrokenExtradata(ValueError):
    """What the encoder says of its stream is not what its codec says there."""


def sample_entry(track: AudioTrack) -> bytes:
    """Write the one entry of the track's `stsd` box."""
    config = {"aac": _esds, "flac": _dfla, "opus": _dops}[track.codec](track)
    reserved = bytes(6) + pack(">H", 1) + bytes(8)  # 1: the first data reference, this file
    sound = pack(">HHIHH", track.channels, track.bits, 0, _expressible(track.rate), 0)
    return box(_KINDS[track.codec], reserved, sound, config)


def _expressible(rate: int) -> int:
    """Halve a rate until it fits in the field's 16 bits (RFC 9639, 10.3)."""
    while rate > 0xFFFF and rate % 2 == 0:
        rate //= 2
    return min(rate, 0xFFFF)


def _esds(track: AudioTrack) -> bytes:
    config = pack(">BBHBII", 0x40, 0x15, 0, 0, 0, 0)  # MPEG-4 audio; rates 0: not stated
    decoder = descriptor(0x04, config, descriptor(0x05, track.extradata))
    stream = descriptor(0x03, bytes(3), decoder, descriptor(0x06, b"\x02"))
    return full_box(b"esds", stream)


def _dfla(track: AudioTrack) -> bytes:
    info = track.extradata
    if info.startswith(b"fLaC"):
        info = info[8 : 8 + _STREAMINFO]  # past the marker and the metadata block's own header
    if len(info) != _STREAMINFO:
        raise BrokenExtradata(f"STREAMINFO has {_STREAMINFO} bytes, not {len(info)}")
    only_block = pack(">I", 0x80 << 24 | _STREAMINFO)  # 0x80: the last one; kind 0, STREAMINFO
    return full_box(b"dfLa", only_block, info)


def _dops(track: AudioTrack) -> bytes:
    head = track.extradata
    if not head.startswith(b"OpusHead") or len(head) < 19:
        raise BrokenExtradata("an Opus track is described by an OpusHead (RFC 7845, 5.1)")
    input_rate = int.from_bytes(head[12:16], "little")
    gain = int.from_bytes(head[16:18], "little")
    # Big-endian here, little-endian there; the channel mapping from byte 18 on is the same.
    # The pre-skip is the track's: a packager that fed leading silence has lengthened it.
    fields = pack(">BBHIH", 0, track.channels, track.priming, input_rate, gain)
    return box(b"dOps", fields, head[18:])
