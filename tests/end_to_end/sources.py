"""Real sound in every format the mission names, made from Debian's music and speech."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MUSIC = Path("/usr/share/games/wesnoth/1.16/data/core/music")


@dataclass(frozen=True, slots=True)
class Source:
    """One file to upload: how ffmpeg makes it, and what must come out."""

    name: str
    options: tuple[str, ...]
    rungs: tuple[str, ...]
    rate: int = 44_100
    lossless: bool = False


ALL_AAC = ("aac-64", "aac-128", "aac-192", "aac-320")
SOURCES = (
    Source("song.wav", ("-c:a", "pcm_s16le"), (*ALL_AAC, "flac"), lossless=True),
    Source(
        "song-24.wav",
        ("-c:a", "pcm_s24le", "-ar", "48000"),
        (*ALL_AAC, "flac"),
        48_000,
        lossless=True,
    ),
    Source("song.flac", ("-c:a", "flac"), (*ALL_AAC, "flac"), lossless=True),
    Source("song.aiff", ("-c:a", "pcm_s16be"), (*ALL_AAC, "flac"), lossless=True),
    Source("song-alac.m4a", ("-c:a", "alac"), (*ALL_AAC, "flac"), lossless=True),
    Source("song.mp3", ("-c:a", "libmp3lame", "-b:a", "192k"), ("aac-64", "aac-128", "aac-192")),
    Source("song.m4a", ("-c:a", "aac", "-b:a", "128k"), ("aac-64", "aac-128")),
    Source("song.aac", ("-c:a", "aac", "-b:a", "128k"), ("aac-64", "aac-128")),
    Source("song.ogg", ("-c:a", "libvorbis", "-b:a", "160k"), ("aac-64", "aac-128")),
    Source(
        "song.opus",
        ("-c:a", "libopus", "-b:a", "128k", "-vbr", "off"),
        ("aac-64", "aac-128"),
        48_000,
    ),
    Source("film.mp4", ("-c:a", "aac", "-b:a", "128k"), ("aac-64", "aac-128")),
    Source("film.mov", ("-c:a", "pcm_s16le"), (*ALL_AAC, "flac"), lossless=True),
    Source("film.mkv", ("-c:a", "flac"), (*ALL_AAC, "flac"), lossless=True),
    Source("film.webm", ("-c:a", "libopus", "-b:a", "128k"), ("aac-64", "aac-128"), 48_000),
)
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25")


def ffmpeg(*arguments: str | Path) -> bytes:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout


def excerpt(folder: Path, *, start: int = 20, seconds: float = 14.3) -> Path:
    """Some seconds of a real song as 16-bit PCM: the mother of all the sources."""
    song = folder / f"mother-{start}-{seconds}.wav"
    if not song.exists():
        ffmpeg(
            "-ss", str(start), "-t", str(seconds), "-i", MUSIC / "battle.ogg",
            "-ac", "2", "-ar", "44100", "-c:a", "pcm_s16le", song,
        )  # fmt: skip
    return song


def make(source: Source, folder: Path) -> Path:
    path = folder / source.name
    if path.exists():
        return path
    picture: Sequence[str] = PICTURE if source.name.startswith("film") else ()
    video = (
        ("-c:v", "libvpx" if path.suffix == ".webm" else "libx264", "-shortest") if picture else ()
    )
    tags = ("-metadata", "title=The Song", "-metadata", "artist=Ünïcode Band")
    ffmpeg("-i", excerpt(folder), *picture, *video, *source.options, *tags, path)
    return path


def speech(folder: Path) -> Path:
    path = folder / "speech.wav"
    if not path.exists():
        text = "Houle is the swell of the sea. This is a voice, quiet and alone."
        subprocess.run(["espeak-ng", "-w", str(path), text], check=True, timeout=30)
    return path
