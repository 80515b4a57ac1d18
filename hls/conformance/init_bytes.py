"""An init segment read back: what it says of its one track."""

from dataclasses import dataclass

from hls.codecs import aac_object_type
from hls.conformance.box_reader import BrokenBoxes, fields, find, find_or_none, read_boxes
from hls.timeline import AAC_PRIMING

_SOUND_ENTRY = 28  # bytes of a sound's sample entry before its own boxes begin


@dataclass(frozen=True, slots=True)
class Edit:
    duration: int  # ticks of the movie; 0: to the end
    media_time: int  # ticks of the track


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a sample of which a fragment says nothing (`trex`)."""

    duration: int
    size: int
    flags: int


@dataclass(frozen=True, slots=True)
class Header:
    brands: frozenset[str]
    codecs: str
    timescale: int
    movie_timescale: int
    edit: Edit | None
    delay: int  # samples that a decoder gives before those of the programme
    defaults: Defaults

    @property
    def media_time(self) -> int:
        return self.edit.media_time if self.edit else 0


def read_header(init: bytes) -> Header:
    kinds = [box.kind for box in read_boxes(init)]
    if kinds != ["ftyp", "moov"]:
        raise BrokenBoxes(f"an init of {' '.join(kinds) or 'no boxes'}")
    movie = find(init, "moov")
    track = find(movie, "trak")
    codec, delay = _sample_entry(find(track, "mdia", "minf", "stbl", "stsd"))
    return Header(
        brands=_brands(find(init, "ftyp")),
        codecs=codec,
        timescale=_timescale(find(track, "mdia", "mdhd")),
        movie_timescale=_timescale(find(movie, "mvhd")),
        edit=_edit(find_or_none(track, "edts", "elst")),
        delay=delay,
        defaults=Defaults(*fields(">III", find(movie, "mvex", "trex"), 12)),
    )


def _brands(ftyp: bytes) -> frozenset[str]:
    major_and_others = ftyp[:4] + ftyp[8:]
    return frozenset(
        major_and_others[at : at + 4].decode("latin-1") for at in range(0, len(major_and_others), 4)
    )


def _timescale(header: bytes) -> int:
    version_1 = bool(header[:1] == b"\x01")  # its two times have 64 bits
    timescale = int(fields(">I", header, 20 if version_1 else 12)[0])
    if timescale == 0:
        raise BrokenBoxes("a timescale of 0")
    return timescale


def _edit(elst: bytes | None) -> Edit | None:
    if elst is None:
        return None
    (count,) = fields(">I", elst, 4)
    if count != 1:
        raise BrokenBoxes(f"{count} edits, where one takes out the priming")
    return Edit(*fields(">Qq" if elst[0] == 1 else ">Ii", elst, 8))


def _sample_entry(stsd: bytes) -> tuple[str, int]:
    """CODECS, and the delay that the decoder adds."""
    entry = next(read_boxes(stsd, 8), None)
    if entry is None:
        raise BrokenBoxes("no sample entry")
    match entry.kind:
        case "mp4a":
            config = _decoder_config(find(entry.payload[_SOUND_ENTRY:], "esds"))
            return f"mp4a.40.{aac_object_type(config)}", AAC_PRIMING
        case "fLaC":
            find(entry.payload[_SOUND_ENTRY:], "dfLa")
            return "fLaC", 0
        case "Opus":
            return "opus", int(fields(">H", find(entry.payload[_SOUND_ENTRY:], "dOps"), 2)[0])
        case other:
            raise BrokenBoxes(f"a sample entry {other!r}, which is no sound we know")


def _decoder_config(esds: bytes) -> bytes:
    """Return the AudioSpecificConfig, three descriptors deep (ISO/IEC 14496-1, 7.2.6.5)."""
    stream = _descriptor(esds[4:], 0x03)
    decoder = _descriptor(stream[3:], 0x04)
    config = _descriptor(decoder[13:], 0x05)
    if len(config) < 2:
        raise BrokenBoxes(f"an AudioSpecificConfig of {len(config)} bytes")
    return config


def _descriptor(data: bytes, tag: int) -> bytes:
    at, size, more = 1, 0, True
    while more:  # seven bits of the length a byte, the eighth says whether there is another
        (byte,) = fields(">B", data, at)
        size, more, at = size << 7 | byte & 0x7F, bool(byte & 0x80), at + 1
    if data[0] != tag or at + size > len(data):
        raise BrokenBoxes(f"no whole descriptor {tag:#04x}")
    return data[at : at + size]
