"""Real music in the lengths and formats that the questions ask for, made where they are asked."""

from pathlib import Path

from tests.end_to_end.sources import MUSIC, ffmpeg

SONG = MUSIC / "battle.ogg"  # 318 s; what asks for more hears it again
BYTES_PER_SECOND = 44_100 * 2 * 2  # of the WAV files
FORMATS = {
    "song.wav": ("-c:a", "pcm_s16le"),
    "song.flac": ("-c:a", "flac"),
    "song.mp3": ("-c:a", "libmp3lame", "-b:a", "192k"),
    "song.ogg": ("-c:a", "libvorbis", "-b:a", "192k"),
}


def song(folder: Path, name: str, seconds: int, *, rate: int = 44_100, channels: int = 2) -> Path:
    """Make the song as one of FORMATS, metadata of the original left out."""
    path = folder / f"{seconds}-{rate}-{channels}-{name}"
    if not path.exists():
        ffmpeg(
            *("-stream_loop", "-1", "-i", str(SONG), "-t", str(seconds)),
            *("-ar", str(rate), "-ac", str(channels), "-map_metadata", "-1"),
            *FORMATS[name],
            path,
        )
    return path
