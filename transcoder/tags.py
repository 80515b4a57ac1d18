"""Reads titles and names out of a file's tags, and mends texts that were read wrongly.

Old taggers wrote bytes of the Russian or Japanese code page into fields that say Latin-1. A text
is read anew only where that is clearly better: as UTF-8 where its bytes are valid UTF-8, as Russian
where whole words are accented letters, as Japanese where it holds bytes that no Latin text has.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "album_artist": "album_artist",
    "albumartist": "album_artist",
    "date": "date",
    "year": "date",
    "genre": "genre",
    "track": "track",
    "tracknumber": "track",
    "disc": "disc",
    "discnumber": "disc",
    "comment": "comment",
    "composer": "composer",
    "isrc": "isrc",
    "tsrc": "isrc",
}
_LONGEST = 500  # characters
_LONGEST_COMMENT = 4_000
_KANA_OR_KANJI = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u045f]")
_C1 = re.compile(r"[\x80-\x9f]")  # control characters in Latin-1, signs and first bytes elsewhere
_WORD = re.compile(
    r"(?:[^\W\d_]|[\u00d7\u00f7])+"
)  # multiplication and division: letters in cp1251
# They turn the direction of what stands beside them, on other people's pages too.
_DIRECTIONS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def clean(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep the tags that are known, by their common names; the first of a name wins."""
    tags: dict[str, str] = {}
    for key, value in found:
        name = _name(key)
        if name is None or name in tags:
            continue
        limit = _LONGEST_COMMENT if name == "comment" else _LONGEST
        text = _printable(repaired(value[: 4 * limit]))[:limit].strip()
        if text:
            tags[name] = text
    return tags


def repaired(text: str) -> str:
    """Undo the wrong reading of a text; a text that was read well comes back as it is."""
    if any("\udc80" <= character <= "\udcff" for character in text):
        raw = text.encode("utf-8", "surrogateescape")
        return _reading(raw) or raw.decode("cp1252", "ignore")
    raw = _encoded(text, "latin-1")
    if raw.isascii():
        twice = _encoded(text, "cp1252")
        return _utf8(twice) or text
    windows = raw.decode("cp1252", "ignore") if _C1.search(text) else text
    return _reading(raw) or windows


def _reading(raw: bytes) -> str:
    """Return the text in the one encoding that makes clear sense, or nothing."""
    latin = raw.decode("latin-1")
    if text := _utf8(raw):
        return text
    if _accents_alone(latin) and _CYRILLIC.search(text := raw.decode("cp1251", "ignore")):
        return text
    text = _decoded(raw, "cp932")
    return text if _C1.search(latin) and len(_KANA_OR_KANJI.findall(text)) >= 2 else ""


def _utf8(raw: bytes) -> str:
    """Decode UTF-8, which ID3v1's 30 bytes may have cut inside a character."""
    readings = (_decoded(raw[: len(raw) - cut], "utf-8") for cut in range(4))
    return next((text for text in readings if not text.isascii()), "")


def _accents_alone(latin: str) -> bool:
    """Tell whether words are made of accented letters alone: no language in Latin letters is."""
    words = _WORD.findall(latin)
    accented = [word for word in words if not re.search("[A-Za-z]", word)]
    mixed = sum(not word.isascii() for word in words) - len(accented)
    return not mixed and max(map(len, accented), default=0) >= 3


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return b""


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _printable(text: str) -> str:
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
    return "".join(
        character
        for character in spaced
        if character not in _DIRECTIONS
        and unicodedata.category(character) not in {"Cc", "Co", "Cs"}
    )


def _name(key: str) -> str | None:
    plain = re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_")
    if plain.startswith("musicbrainz_"):
        rest = plain.removeprefix("musicbrainz_").replace("_", "")
        return f"musicbrainz_{rest}" if re.fullmatch("[a-z]{2,24}", rest) else None
    return NAMES.get(plain)
