"""CMAF init and media segments of one sound track (ISO/IEC 23000-19): values in, bytes out.

The media timeline begins at 0 with the encoder's priming; the edit list takes the priming out
again, so that a player presents the first sample of the programme at 0. The movie's timescale is
the track's sample rate, which makes every length in the file exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from struct import pack
from types import MappingProxyType
from typing import Final

from hls.audio_track import AudioCodec, AudioTrack
from hls.boxes import box, full_box
from hls.free_tags import user_data
from hls.loudness_boxes import MeasuredLevels, ludt
from hls.sample_entries import sample_entry

__all__ = ["AudioCodec", "AudioTrack", "Sample", "init_segment", "media_segment"]

NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})

_TRACK = 1
_UNITY_MATRIX = pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4  # the language "und", five bits a letter (ISO/IEC 14496-12, 8.4.2)
_SYNC_SAMPLE = 0x02000000  # depends on no other sample, can be decoded first (8.8.3.1)
_STYP = box(b"styp", b"msdh", bytes(4), b"msdh", b"cmfs")


@dataclass(frozen=True, slots=True)
class Sample:
    data: bytes
    duration: int  # ticks of the track's sample rate


def init_segment(
    track: AudioTrack,
    *,
    levels: MeasuredLevels | None = None,
    tags: Mapping[str, str] = NO_TAGS,
) -> bytes:
    """Write what EXT-X-MAP names. It may change only with the track's revision.

    `levels` are told to players that level by them; `tags` are for those that read tags instead.
    """
    told = user_data({**_gapless(track), **tags})
    movie = box(b"moov", _mvhd(track), _trak(track, levels), _mvex(track), told)
    return box(b"ftyp", b"iso6", bytes(4), b"iso6", b"cmfc") + movie


def media_segment(*, sequence: int, decode_time: int, samples: Sequence[Sample]) -> bytes:
    """Write a segment of one fragment; `sequence` counts from 1, `decode_time` is in ticks."""
    if not samples:
        raise ValueError("a segment holds at least one sample")
    tfhd_flags, tfhd, trun_flags, table = _sample_table(samples)
    header = full_box(b"tfhd", pack(">I", _TRACK), tfhd, flags=tfhd_flags)
    time = full_box(b"tfdt", pack(">Q", decode_time), version=1)
    run_size = 20 + len(table)
    # The data begins behind moof (8), mfhd (16), traf (8), and the head of mdat (8).
    offset = 8 + 16 + 8 + len(header) + len(time) + run_size + 8
    run = full_box(b"trun", pack(">II", len(samples), offset), table, flags=trun_flags)
    fragment = box(b"traf", header, time, run)
    moof = box(b"moof", full_box(b"mfhd", pack(">I", sequence)), fragment)
    return b"".join((_STYP, moof, box(b"mdat", *(sample.data for sample in samples))))


def _sample_table(samples: Sequence[Sample]) -> tuple[int, bytes, int, bytes]:
    """Return flags and defaults of `tfhd`, flags and rows of `trun`."""
    moof_is_base, data_offset, sizes = 0x020000, 0x1, 0x200
    duration = samples[0].duration
    if all(sample.duration == duration for sample in samples):
        table = pack(f">{len(samples)}I", *(len(sample.data) for sample in samples))
        return moof_is_base | 0x8, pack(">I", duration), data_offset | sizes, table
    rows = chain.from_iterable((sample.duration, len(sample.data)) for sample in samples)
    return moof_is_base, b"", data_offset | 0x100 | sizes, pack(f">{2 * len(samples)}I", *rows)


def _mvhd(track: AudioTrack) -> bytes:
    times = pack(">IIII", 0, 0, track.rate, 0)  # duration 0: the fragments tell it
    tail = bytes(24) + pack(">I", _TRACK + 1)
    return full_box(b"mvhd", times, pack(">IH", 0x10000, 0x100), bytes(10), _UNITY_MATRIX, tail)


def _trak(track: AudioTrack, levels: MeasuredLevels | None) -> bytes:
    enabled_in_movie_and_preview = 7
    header = full_box(
        b"tkhd",
        pack(">IIIII", 0, 0, _TRACK, 0, 0),
        bytes(12) + pack(">HH", 0x100, 0),  # full volume
        _UNITY_MATRIX,
        bytes(8),
        flags=enabled_in_movie_and_preview,
    )
    told = box(b"udta", ludt(levels)) if levels else b""
    return box(b"trak", header, _edts(track), _mdia(track), told)


def _edts(track: AudioTrack) -> bytes:
    duration = track.samples or 0  # 0: to the end of the fragments (8.6.6)
    wide = duration > 0xFFFFFFFF
    times = pack(">Qq" if wide else ">Ii", duration, track.priming)
    edit = pack(">I", 1) + times + pack(">HH", 1, 0)  # one edit, at normal speed
    return box(b"edts", full_box(b"elst", edit, version=int(wide)))


def _mdia(track: AudioTrack) -> bytes:
    times = pack(">IIII", 0, 0, track.rate, 0)
    media = full_box(b"mdhd", times, pack(">HH", _UNDETERMINED, 0))
    handler = full_box(b"hdlr", bytes(4), b"soun", bytes(12), b"\0")
    here = full_box(b"url ", flags=1)  # 1: the data is in this file
    references = full_box(b"dref", pack(">I", 1), here)
    sound = box(
        b"minf", full_box(b"smhd", bytes(4)), box(b"dinf", references), _sample_tables(track)
    )
    return box(b"mdia", media, handler, sound)


def _sample_tables(track: AudioTrack) -> bytes:
    descriptions = full_box(b"stsd", pack(">I", 1), sample_entry(track))
    empty = (full_box(kind, bytes(4)) for kind in (b"stts", b"stsc"))
    sizes = full_box(b"stsz", bytes(8))
    return box(b"stbl", descriptions, *empty, sizes, full_box(b"stco", bytes(4)))


def _mvex(track: AudioTrack) -> bytes:
    defaults = full_box(b"trex", pack(">IIIII", _TRACK, 1, track.frame_samples, 0, _SYNC_SAMPLE))
    if track.samples is None:
        return box(b"mvex", defaults)
    length = full_box(b"mehd", pack(">Q", track.samples), version=1)
    return box(b"mvex", length, defaults)


def _gapless(track: AudioTrack) -> dict[str, str]:
    """Say the priming once more in iTunes' words, for AAC.

    FFmpeg 5.1 takes the edit list of a fragmented file for a shift of the clock and plays the
    priming, 23 ms of it. From here it learns to leave it out; FFmpeg 8.1 and Chromium, which
    follow the edit list, leave out no more for it.
    """
    if track.codec != "aac" or not track.priming:
        return {}
    length = track.samples or 0
    padding = -(track.priming + length) % track.frame_samples if length else 0
    numbers = f" 00000000 {track.priming:08X} {padding:08X} {length:016X}" + 8 * " 00000000"
    return {"iTunSMPB": numbers}
