"""Which files of a folder are songs, and which picture belongs to them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset(
    {
        *(".wav", ".flac", ".aif", ".aiff", ".aifc"),
        *(".mp3", ".m4a", ".m4b", ".aac", ".ogg", ".oga", ".opus"),
        *(".mp4", ".mov", ".mkv", ".mka", ".webm"),
    }
)
COVERS = ("cover", "folder", "front", "album")  # stems, the best first
COVER_LIMIT = 10 * 1024**2  # bytes
_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True, slots=True)
class Cover:
    path: Path
    content_type: str


def found(paths: list[Path]) -> Iterator[Path]:
    """Yield what is named, and the songs in folders that are named, in order.

    A file that is named is taken at its word; in a folder the suffix decides. Links to folders are
    not followed: they may lead in circles.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                song = Path(folder, name)
                if song.suffix.lower() in SUFFIXES and not name.startswith("."):
                    yield song


def cover_beside(song: Path) -> Cover | None:
    """Return the picture that lies in the song's folder under one of the usual names."""
    pictures = {path.stem.lower(): path for path in song.parent.iterdir() if _may_be_cover(path)}
    for stem in COVERS:
        if stem in pictures and (kind := _kind(pictures[stem])):
            return Cover(pictures[stem], kind)
    return None


def _may_be_cover(path: Path) -> bool:
    return path.suffix.lower() in {".jpg", ".jpeg", ".png"} and path.stem.lower() in COVERS


def _kind(path: Path) -> str | None:
    """Tell a picture by its first bytes, whatever its name says."""
    if not path.is_file() or path.stat().st_size > COVER_LIMIT:
        return None
    with path.open("rb") as file:
        head = file.read(8)
    return next((kind for magic, kind in _PICTURES.items() if head.startswith(magic)), None)
