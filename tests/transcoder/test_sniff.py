"""What a file is, by its first bytes; real encoders make the bytes."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcoder.errors import EmptyFile, MediaError, NotMedia, Refused
from transcoder.probe import DEMUXERS
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


def id3(size: int) -> bytes:
    """A tag of ID3v2.4 with so many bytes in it; lengths are of seven bits a byte."""
    return b"ID3\x04\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + bytes(size)


def test_flac_behind_a_tag_with_a_cover_is_flac(tmp_path: Path) -> None:
    assert sniff((id3(100_000) + made(tmp_path / "a.flac"))[:HEAD]) == "flac"


def test_mp3_behind_a_tag_larger_than_we_look_is_mp3(tmp_path: Path) -> None:
    assert sniff((id3(3_000_000) + made(tmp_path / "a.mp3"))[:HEAD]) == "mp3"


@pytest.mark.parametrize("junk", [b"\xff\xff junk", bytes(range(1, 256)) * 16, b"\xff\xfb\x90\x64"])
def test_mp3_behind_a_little_junk_is_mp3(junk: bytes, tmp_path: Path) -> None:
    song = made(tmp_path / "a.mp3", "-id3v2_version", "0", "-write_xing", "0")

    assert sniff(junk + song) == "mp3"


def test_mp3_behind_much_junk_is_none(tmp_path: Path) -> None:
    song = made(tmp_path / "a.mp3", "-id3v2_version", "0", "-write_xing", "0")

    with pytest.raises(NotMedia):
        sniff(bytes(range(1, 256)) * 256 + song)


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_whatever_comes_is_known_or_refused_in_words(head: bytes) -> None:
    try:
        known = sniff(head)
    except MediaError as refusal:
        words = str(refusal)
    else:
        assert known in DEMUXERS
        return

    assert words.endswith(".")


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
