"""Where the objects of a track lie, and which keys are none."""

import re

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
LONGEST_KEY = 900  # bytes; S3 allows 1,024, and a prefix may come before


class KeyRefused(ValueError):
    """The key could lead elsewhere: an empty part, dots, a slash too many, odd characters."""


def checked(key: str) -> str:
    """Return the key, if every part of it is a plain name."""
    if len(key) > LONGEST_KEY or not all(_PART.fullmatch(part) for part in key.split("/")):
        raise KeyRefused(f"not a key: {key[:200]!r}")
    return key


def track(track_id: str) -> str:
    """Return the prefix of everything that belongs to a track."""
    return f"tracks/{track_id}"


def original(track_id: str) -> str:
    return f"tracks/{track_id}/original"


def cover(track_id: str) -> str:
    return f"tracks/{track_id}/cover"


def waveform(track_id: str) -> str:
    return f"tracks/{track_id}/waveform.dat"


def init(track_id: str, revision: int, rung: str) -> str:
    return f"tracks/{track_id}/r{revision}/{rung}/init.mp4"


def segment(track_id: str, revision: int, rung: str, n: int) -> str:
    return f"tracks/{track_id}/r{revision}/{rung}/{n}.m4s"
