"""The keys of all objects, and the rules that keep a key inside its store."""

from typing import Final

from storage.protocol import KeyRefused

LONGEST_KEY: Final = 1024  # bytes; S3's limit, the tightest of the stores to come
LONGEST_PART: Final = 255  # bytes; the longest file name of Linux' file systems


def track(track_id: str) -> str:
    """Return the folder of everything that belongs to a track."""
    return f"tracks/{track_id}"


def original(track_id: str) -> str:
    return f"{track(track_id)}/original"


def cover(track_id: str) -> str:
    return f"{track(track_id)}/cover"


def waveform(track_id: str) -> str:
    """Name the peaks, in audiowaveform's binary format."""
    return f"{track(track_id)}/waveform.dat"


def revision(track_id: str, number: int) -> str:
    """Return the folder of everything that was made for one revision."""
    return f"{track(track_id)}/r{number}"


def init(track_id: str, number: int, rung: str) -> str:
    return f"{revision(track_id, number)}/{rung}/init.mp4"


def segment(track_id: str, number: int, rung: str, n: int) -> str:
    return f"{revision(track_id, number)}/{rung}/{n}.m4s"


def checked(key: str) -> str:
    """Return the key, or raise KeyRefused.

    Parts that begin with a dot are refused: `.` and `..` lead elsewhere, others are the store's.
    """
    if not key.isprintable():
        raise KeyRefused(f"control characters or half characters in {key!r}")
    if len(key.encode()) > LONGEST_KEY:
        raise KeyRefused(f"a key of {len(key.encode())} bytes")
    for part in key.split("/"):
        if not part or part.startswith(".") or len(part.encode()) > LONGEST_PART:
            raise KeyRefused(f"{part[:40]!r} in {key[:80]!r}")
    return key
