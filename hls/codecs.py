"""CODECS strings (RFC 6381, 3.3), read from what the encoder says of its stream."""

from typing import assert_never

from hls.audio_track import AudioTrack


def codecs(track: AudioTrack) -> str:
    """Name the codec, so that a player knows whether it can decode the track."""
    match track.codec:
        case "aac":
            return f"mp4a.40.{aac_object_type(track.extradata)}"
        case "flac":
            return "fLaC"  # in this spelling: Safari knows no other
        case "opus":
            return "opus"
    assert_never(track.codec)


def aac_object_type(config: bytes) -> int:
    """Read the audioObjectType of an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1)."""
    if len(config) < 2:
        raise ValueError("an AudioSpecificConfig has at least two bytes")
    first = config[0] >> 3
    return first if first < 31 else 32 + (int.from_bytes(config[:2], "big") >> 5 & 0x3F)
