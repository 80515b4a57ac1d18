"""What a file is, by its first bytes; real encoders make the bytes."""

import subprocess
from pathlib import Path

import pytest

from transcoder.errors import EmptyFile, MediaError, NotMedia, Refused
from transcoder.sniff import HEAD, sniff

TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")


def made(path: Path, *options: str) -> bytes:
    command = ["ffmpeg", "-nostdin", "-v", "error", *TONE, *options, str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path.read_bytes()[:HEAD]


@pytest.mark.parametrize(
    ("name", "options", "container"),
    [
        ("a.wav", (), "wav"),
        ("a.wav", ("-rf64", "always"), "wav"),
        ("a.flac", (), "flac"),
        ("a.mp3", ("-metadata", "title=x"), "mp3"),
        ("a.mp3", ("-id3v2_version", "0", "-write_xing", "0"), "mp3"),
        ("a.mp3", ("-ar", "22050", "-b:a", "32k", "-id3v2_version", "0"), "mp3"),
        ("a.mp2", (), "mp3"),
        ("a.aac", (), "aac"),
        ("a.m4a", (), "mp4"),
        ("a.mov", (), "mp4"),
        ("a.ogg", ("-c:a", "libvorbis"), "ogg"),
        ("a.opus", (), "ogg"),
        ("a.aiff", (), "aiff"),
        ("a.mka", (), "matroska"),
        ("a.webm", ("-c:a", "libopus"), "matroska"),
        ("a.ts", (), "mpegts"),
        ("a.avi", (), "avi"),
    ],
)
def test_what_an_encoder_wrote_is_recognised(
    name: str, options: tuple[str, ...], container: str, tmp_path: Path
) -> None:
    assert sniff(made(tmp_path / name, *options)) == container


def test_flac_behind_a_tag_of_mp3_is_flac(tmp_path: Path) -> None:
    tag = b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)

    assert sniff(tag + made(tmp_path / "a.flac")) == "flac"


@pytest.mark.parametrize(
    ("head", "kind", "word"),
    [
        (b"", EmptyFile, "empty"),
        (b"#EXTM3U\n", Refused, "playlist"),
        (b"\xef\xbb\xbf#extm3u\n", Refused, "playlist"),
        (b"\n [playlist]\nFile1=x", Refused, "playlist"),
        (b"ffconcat version 1.0\nfile x", Refused, "list"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n", Refused, "SDP"),
        (b"RTSPtext\r\n", Refused, "addresses"),
        (b"<?xml version='1.0'?><MPD/>", NotMedia, "XML"),
        (b"<!DOCTYPE html><p>", NotMedia, "web page"),
        (b"\x89PNG\r\n\x1a\n", NotMedia, "picture"),
        (b"\0\0\0\x20ftypavif", NotMedia, "picture"),
        (b"PK\x03\x04zip", NotMedia, "archive"),
        (b"%PDF-1.7", NotMedia, "PDF"),
        (b"MThd\0\0\0\6", NotMedia, "MIDI"),
        ("Liebe Hörer\n".encode() * 40, NotMedia, "text"),
        (bytes(HEAD), NotMedia, "not a sound"),
        (bytes(range(256)) * 16, NotMedia, "not a sound"),
        (b"\xff\xfb", NotMedia, "not a sound"),
        (b"RIFF\0\0\0\0WEBPVP8 ", NotMedia, "not a sound"),
    ],
)
def test_what_is_no_sound_is_refused_in_words(
    head: bytes, kind: type[MediaError], word: str
) -> None:
    with pytest.raises(kind, match=f"(?i){word}"):
        sniff(head)
