"""Titles and covers are read out, mended where they were read wrongly, and cut to size."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from transcoder.reports import Probed
from transcoder.tags import clean, repaired

MISREAD = {
    "Привет, мир": "cp1251",
    "Кино - Группа крови": "cp1251",
    "東京事変": "cp932",
    "宇多田ヒカル": "cp932",
    "Sigur Rós - Hoppípolla": "utf-8",
    "Dvořák": "utf-8",
    "Björk “Jóga”": "cp1252",
}


@pytest.mark.parametrize("text", MISREAD)
def test_a_text_read_as_latin_1_is_read_anew(text: str) -> None:
    misread = text.encode(MISREAD[text]).decode("latin-1")

    assert repaired(misread) == text


@pytest.mark.parametrize("text", MISREAD)
def test_bytes_that_are_no_utf_8_are_read_in_their_own_encoding(text: str) -> None:
    raw = text.encode(MISREAD[text]).decode("utf-8", "surrogateescape")

    assert repaired(raw) == text


@pytest.mark.parametrize(
    "text",
    ["Größe", "Été à la plage", "Ágætis byrjun", "MÃE", "Ÿ", "Motörhead", "日本語", "Ça c'est ÇA",
     "½ dozen", "naïve café", "Привет", "plain", "ÀÉ", "œuvre", "Â", "Åse Ødegård"],
)  # fmt: skip
def test_a_text_that_was_read_well_is_left_alone(text: str) -> None:
    assert repaired(text) == text


def test_twice_encoded_text_is_decoded_once_more() -> None:
    assert repaired("BjÃ¶rkâ€¦") == "Björk…"


def test_a_title_cut_inside_a_character_loses_only_that() -> None:
    cut = "Ёжик в тумане".encode()[:-1].decode("utf-8", "surrogateescape")

    assert repaired(cut) == "Ёжик в туман"


def test_tags_get_common_names_and_lose_what_does_not_print() -> None:
    found = {
        "TITLE": "A\x00 song\r\nof\ttwo \u202elines ",
        "MusicBrainz Album Id": "1234",
        "TRACKNUMBER": "3/12",
        "encoder": "Lavf",
        "comment": "x" * 10_000,
        "artist": " \x07 ",
        "TSRC": "USRC17607839",
    }

    tags = clean(found.items())

    assert tags.pop("comment") == "x" * 4_000
    assert tags == {
        "title": "A song of two lines",
        "musicbrainz_albumid": "1234",
        "track": "3/12",
        "isrc": "USRC17607839",
    }


@pytest.mark.parametrize("name", ["a.mp3", "a.flac", "a.m4a", "a.opus", "a.wav"])
def test_the_tags_of_a_file_are_told(
    name: str, music: Callable[..., Any], made: Callable[..., Any], run: Callable[..., Any]
) -> None:
    options = ("-metadata", "title=Ýmis lög", "-metadata", "artist=Кино", "-metadata", "date=1988")

    track = run(made(music(48_000, 0.3), 48_000, name, *options))

    tags = track.one(Probed).tags
    assert tags["title"] == "Ýmis lög"
    assert tags["artist"] == "Кино"


@pytest.mark.parametrize("name", ["a.mp3", "a.flac", "a.m4a"])
@pytest.mark.parametrize("codec", ["mjpeg", "png"])
def test_the_cover_is_taken_as_it_is(
    name: str,
    codec: str,
    music: Callable[..., Any],
    made: Callable[..., Any],
    run: Callable[..., Any],
) -> None:
    track = run(
        made(
            music(44_100, 0.3), 44_100, name,
            "-f", "lavfi", "-i", "testsrc=size=60x60:rate=1:duration=1",
            "-map", "0", "-map", "1", "-c:v", codec, "-disposition:v", "attached_pic",
        )
    )  # fmt: skip

    probed = track.one(Probed)
    assert probed.cover == "cover"
    assert probed.cover_type == {"mjpeg": "image/jpeg", "png": "image/png"}[codec]
    magic = {"mjpeg": b"\xff\xd8\xff", "png": b"\x89PNG"}[codec]
    assert (track.output / "cover").read_bytes().startswith(magic)


def test_a_wav_with_a_title_of_another_code_page_is_understood(
    music: Callable[..., Any], made: Callable[..., Any], run: Callable[..., Any]
) -> None:
    source: Path = made(music(44_100, 0.3), 44_100, "a.wav", "-metadata", "title=ZAMENA")
    data = source.read_bytes()
    source.write_bytes(data.replace(b"ZAMENA", "Корень".encode("cp1251")))

    assert run(source).one(Probed).tags["title"] == "Корень"
