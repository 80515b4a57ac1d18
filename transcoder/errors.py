"""What can be wrong with a file, in words for the person who sent it.

MediaError
├── EmptyFile          nothing in it
├── NotMedia           bytes that are no sound file
├── Refused            a file that names other files or addresses (playlist, SDP, concat list)
├── NoSound            a film or picture without a sound track
├── UnsupportedCodec   a sound track in a codec we do not decode
├── DecodeFailed       a sound track of which nothing could be decoded
├── TooShort           a sound track without a single sample
├── TooLong            more hours than we take
└── LimitExceeded      too many channels, a sample rate out of range, not enough room

The code and the message cross the process border as JSON; `rebuild` makes the error again.
Nothing here is worth a second try: the same bytes would fail in the same way.
"""

from typing import ClassVar


class MediaError(Exception):
    """The file cannot become a track; str() of it is a sentence for its owner."""

    code: ClassVar[str] = "media_error"
    retryable: ClassVar[bool] = False
    default: ClassVar[str] = "This file cannot be played."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.default)


class EmptyFile(MediaError):
    code = "empty_file"
    default = "This file is empty."


class NotMedia(MediaError):
    code = "not_media"
    default = "This is not a sound file."


class Refused(MediaError):
    code = "refused"
    default = "This is a playlist, not a sound file."


class NoSound(MediaError):
    code = "no_sound"
    default = "There is no sound in this file."


class UnsupportedCodec(MediaError):
    code = "unsupported_codec"
    default = "The sound in this file is in a format that cannot be decoded here."


class DecodeFailed(MediaError):
    code = "decode_failed"
    default = "The sound in this file is damaged: nothing of it could be decoded."


class TooShort(MediaError):
    code = "too_short"
    default = "There is not a single sample of sound in this file."


class TooLong(MediaError):
    code = "too_long"
    default = "This file is longer than 12 hours."


class LimitExceeded(MediaError):
    code = "limit_exceeded"
    default = "This file is beyond the limits of this server."


_BY_CODE: dict[str, type[MediaError]] = {
    kind.code: kind
    for kind in (
        MediaError,
        EmptyFile,
        NotMedia,
        Refused,
        NoSound,
        UnsupportedCodec,
        DecodeFailed,
        TooShort,
        TooLong,
        LimitExceeded,
    )
}


def rebuild(code: str, message: str) -> MediaError:
    """Make the error again that another process told by code and message."""
    return _BY_CODE.get(code, MediaError)(message)
