"""The keys of all objects, and the rules that keep a key inside its store."""

import re
from typing import Final

from storage.protocol import KeyRefused

LONGEST_KEY: Final = 900  # bytes; S3 takes 1,024, and a prefix may come before
# Plain names only: keys are built from what a sandboxed child reports, too. What begins with a dot
# leads elsewhere or is the store's own. 255 is the longest file name of Linux' file systems.
_PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}", re.ASCII)

COVER: Final = "cover"
WAVEFORM: Final = "waveform.dat"  # the peaks, in audiowaveform's binary format
_SINGLE: Final = f"{COVER}|{re.escape(WAVEFORM)}"
_SEGMENTED: Final = r"r\d{1,4}/[a-z0-9-]{1,20}/(init\.mp4|\d{1,7}\.m4s)"
# What an ingest makes, by its names in its own folder.
MADE: Final = re.compile(f"{_SINGLE}|{_SEGMENTED}", re.ASCII)


def track(track_id: str) -> str:
    """Return the folder of everything that belongs to a track."""
    return f"tracks/{track_id}"


def original(track_id: str) -> str:
    return f"{track(track_id)}/original"


def cover(track_id: str) -> str:
    """Name the picture that came beside the file."""
    return f"{track(track_id)}/{COVER}"


def named(track_id: str, name: str) -> str:
    """Return the key of what a track's row calls by its name in the track's folder."""
    return f"{track(track_id)}/{name}"


def attempt(track_id: str, lease: int) -> str:
    """Return the folder of the single files that were made under one lease."""
    return f"{track(track_id)}/a{lease}"


def published(made: str, lease: int) -> str:
    """Name in the track's folder what an ingest made under this name in its own.

    Segments are the same whoever makes them, and the first stays. A single file is its attempt's
    own: the track's row says which of them counts.
    """
    return f"a{lease}/{made}" if re.fullmatch(_SINGLE, made) else made


def publishable(lease: int) -> re.Pattern[str]:
    """Match the names in the track's folder that a worker may write to under a lease."""
    return re.compile(f"a{lease}/({_SINGLE})|{_SEGMENTED}", re.ASCII)


def revision(track_id: str, number: int) -> str:
    """Return the folder of everything that was made for one revision."""
    return f"{track(track_id)}/r{number}"


def init(track_id: str, number: int, rung: str) -> str:
    return f"{revision(track_id, number)}/{rung}/init.mp4"


def segment(track_id: str, number: int, rung: str, n: int) -> str:
    return f"{revision(track_id, number)}/{rung}/{n}.m4s"


def checked(key: str) -> str:
    """Return the key if every part of it is a plain name, or raise KeyRefused."""
    if len(key) > LONGEST_KEY or not all(_PART.fullmatch(part) for part in key.split("/")):
        raise KeyRefused(f"not a key: {key[:80]!r}")
    return key
