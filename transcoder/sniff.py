"""Tells what a file is by its first bytes, so that its demuxer can be forced.

What is no sound is refused here in words, before FFmpeg sees a byte of it: playlists and session
descriptions above all, which name other files and addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from transcoder.errors import EmptyFile, NotMedia, Refused

HEAD = 1 << 18  # bytes that suffice: a tag with a cover may stand before the sound
_JUNK = 1 << 13  # bytes before MP3 that are forgiven, as players do
_TEXT = 1 << 12  # bytes of a text that show it

_REFUSED: tuple[tuple[bytes, str], ...] = (
    (rb"#EXTM3U", "This is a playlist, not a sound file."),
    (rb"\[playlist\]", "This is a playlist, not a sound file."),
    (rb"ffconcat version", "This is a list of other files, not a sound file."),
    (rb";?ffmetadata", "This is a list of tags, not a sound file."),
    (rb"v=0\r?\n", "This is a session description (SDP), not a sound file."),
    (rb"rtsptext|rtsp://|http://|https://", "This is a list of addresses, not a sound file."),
)
_NOT_MEDIA: tuple[tuple[bytes, str], ...] = (
    (rb"<(!doctype html|html)", "This is a web page, not a sound file."),
    (rb"<(\?xml|svg|mpd|smil)", "This is an XML file, not a sound file."),
    (rb"%pdf", "This is a PDF document, not a sound file."),
    (rb"\x89png|\xff\xd8\xff|gif8|bm....\0\0\0\0", "This is a picture, not a sound file."),
    (rb"pk\x03\x04|\x1f\x8b|7z\xbc\xaf|rar!", "This is an archive; send the files in it."),
    (rb"mthd", "This is a MIDI file: notes, not sound."),
    (rb"\x7felf|mz", "This is a program, not a sound file."),
)
_FTYP_PICTURES = {b"avif", b"heic", b"heix", b"mif1"}
# First boxes of MP4 and QuickTime files that have no ftyp, or not first.
_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"}
_MPEG_VERSIONS = {0, 2, 3}  # 1 is reserved


def sniff(head: bytes) -> str:
    """Return the container's name for a file that begins with these bytes.

    Raises EmptyFile, Refused or NotMedia, each with a sentence for the file's owner.
    """
    if not head:
        raise EmptyFile
    for known in _KNOWN:
        if container := known(head):
            return container
    _refuse(head)
    if _is_mp3_behind_junk(head):
        return "mp3"
    raise NotMedia


def _riff(head: bytes) -> str | None:
    if head[:4] in {b"RIFF", b"RF64", b"BW64"}:
        return {b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12])
    return None


def _aiff(head: bytes) -> str | None:
    return "aiff" if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"} else None


def _by_prefix(head: bytes) -> str | None:
    prefixes = {b"fLaC": "flac", b"OggS": "ogg", b"\x1aE\xdf\xa3": "matroska", b"FLV\x01": "flv"}
    return prefixes.get(head[:4])


def _mp4(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return None if head[8:12] in _FTYP_PICTURES else "mp4"
    return "mp4" if head[4:8] in _BOXES else None


def _mpeg_ts(head: bytes) -> str | None:
    if len(head) < 3 * 188:
        return None
    return "mpegts" if all(head[at] == 0x47 for at in (0, 188, 376)) else None


def _behind_id3(head: bytes) -> str | None:
    """A tag of ID3v2 may stand before MP3, AAC and even FLAC."""
    if head[:3] != b"ID3" or len(head) < 10:
        return None
    size = 10 + sum(
        (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
    )
    behind = head[size:].lstrip(b"\0")  # padding
    if not behind:
        return "mp3"  # a cover reaches beyond what we see; nothing else is common behind one
    if behind[:4] == b"fLaC":
        return "flac"
    return _mpeg_audio(behind) or ("mp3" if len(behind) < 4 else None)


def _mpeg_audio(head: bytes) -> str | None:
    """Two frame headers in a row: one alone is found in any noise."""
    head = head.lstrip(b"\0")  # some encoders pad the start
    if length := _adts_length(head):
        following = head[length:]
        return "aac" if len(following) < 7 or _adts_length(following) else None
    if length := _mp3_length(head):
        following = head[length:]
        return "mp3" if len(following) < 4 or _mp3_length(following) else None
    return None


def _is_mp3_behind_junk(head: bytes) -> bool:
    """Three frames of one kind in a row are no accident."""
    at = head.find(b"\xff", 1, _JUNK)
    while at > 0:
        if _is_mp3_run(head, at):
            return True
        at = head.find(b"\xff", at + 1, _JUNK)
    return False


def _is_mp3_run(head: bytes, at: int) -> bool:
    kinds = set()
    for _ in range(3):
        length = _mp3_length(head[at : at + 4])
        if not length:
            return False
        kinds.add((head[at + 1] & 0xFE, head[at + 2] & 0x0C))  # version and layer, sample rate
        at += length
    return len(kinds) == 1


def _adts_length(head: bytes) -> int:
    """ISO/IEC 13818-7, 6.2: sync word, layer 0, the frame's length over three bytes."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    if head[2] >> 2 & 0xF > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


_BIT_RATES = {  # kbit/s by (MPEG-1?, layer), ISO/IEC 11172-3, 2.4.2.3 and 13818-3
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _mp3_length(head: bytes) -> int:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bit_rate, rate = head[2] >> 4, head[2] >> 2 & 3
    if version not in _MPEG_VERSIONS or layer == 4 or not 0 < bit_rate < 15 or rate == 3:
        return 0
    hertz = (44_100, 48_000, 32_000)[rate] >> {3: 0, 2: 1, 0: 2}[version]
    bits = _BIT_RATES[version == 3, layer][bit_rate - 1] * 1000
    padding = head[2] >> 1 & 1
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    samples = 576 if layer == 3 and version != 3 else 1152
    return samples // 8 * bits // hertz + padding


_KNOWN: tuple[Callable[[bytes], str | None], ...] = (
    _riff,
    _aiff,
    _by_prefix,
    _mp4,
    _mpeg_ts,
    _behind_id3,
    _mpeg_audio,
)


def _refuse(head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    for pattern, words in _REFUSED:
        if re.match(pattern.lower(), start, re.DOTALL):
            raise Refused(words)
    for pattern, words in _NOT_MEDIA:
        if re.match(pattern, start, re.DOTALL):
            raise NotMedia(words)
    if head[4:12] and head[4:8] == b"ftyp":
        raise NotMedia("This is a picture, not a sound file.")
    if _is_text(head[:_TEXT]):
        raise NotMedia("This is a text, not a sound file.")


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head[: len(head) - len(head) % 4 or None].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 8  # a character cut at the end
    return True
