"""A media segment read back: when its samples play and where their bytes are."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from hls.conformance.box_reader import (
    Box,
    BrokenBoxes,
    fields,
    find,
    flags_of,
    read_boxes,
)
from hls.conformance.init_bytes import Defaults, Header

_NOT_SYNC = 0x00010000  # sample_is_non_sync_sample (ISO/IEC 14496-12, 8.8.3.1)
_MOST_SAMPLES = 1 << 20  # six hours of AAC in one run; junk says more
_BESIDE = frozenset({"styp", "sidx", "prft", "emsg", "free"})


@dataclass(frozen=True, slots=True)
class Fragment:
    sequence: int
    decode_time: int
    durations: tuple[int, ...]
    sync: tuple[bool, ...]
    size: int
    moof_is_base: bool


@dataclass(frozen=True, slots=True)
class MeasuredSegment:
    address: str
    size: int
    timescale: int
    fragments: tuple[Fragment, ...]

    @property
    def decode_time(self) -> int:
        return self.fragments[0].decode_time

    @property
    def ticks(self) -> int:
        return sum(sum(fragment.durations) for fragment in self.fragments)

    @property
    def duration(self) -> Fraction:
        return Fraction(self.ticks, self.timescale)

    @property
    def longest_frame(self) -> Fraction:
        ticks = max(duration for fragment in self.fragments for duration in fragment.durations)
        return Fraction(ticks, self.timescale)


def measure_segment(address: str, data: bytes, header: Header) -> MeasuredSegment:
    fragments = tuple(_fragments(list(read_boxes(data)), header.defaults))
    if not fragments or not all(any(fragment.durations) for fragment in fragments):
        raise BrokenBoxes("no samples that last")
    return MeasuredSegment(address, len(data), header.timescale, fragments)


def _fragments(boxes: list[Box], defaults: Defaults) -> Iterator[Fragment]:
    media = [box for box in boxes if box.kind not in _BESIDE]
    kinds = [box.kind for box in media]
    if kinds != ["moof", "mdat"] * (len(kinds) // 2):
        raise BrokenBoxes(f"a segment of {' '.join(kinds)}")
    for moof, mdat in zip(media[::2], media[1::2], strict=True):
        fragment = _fragment(moof.payload, defaults)
        if fragment.size != len(mdat.payload):
            raise BrokenBoxes(f"samples of {fragment.size} bytes in {len(mdat.payload)} of mdat")
        yield fragment


def _fragment(moof: bytes, defaults: Defaults) -> Fragment:
    track = find(moof, "traf")
    head, time = find(track, "tfhd"), find(track, "tfdt")
    here = _defaults(head, defaults)
    runs = [_run(box.payload, here) for box in read_boxes(track) if box.kind == "trun"]
    samples = [sample for run in runs for sample in run]
    return Fragment(
        sequence=fields(">I", find(moof, "mfhd"), 4)[0],
        decode_time=fields(">Q" if time[:1] == b"\x01" else ">I", time, 4)[0],
        durations=tuple(sample.duration for sample in samples),
        sync=tuple(not sample.flags & _NOT_SYNC for sample in samples),
        size=sum(sample.size for sample in samples),
        moof_is_base=bool(flags_of(head) & 0x020000),
    )


def _defaults(tfhd: bytes, defaults: Defaults) -> Defaults:
    flags, at = flags_of(tfhd), 8
    at += 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)  # base offset, sample description
    found = [defaults.duration, defaults.size, defaults.flags]
    for place, flag in enumerate((0x8, 0x10, 0x20)):
        if flags & flag:
            (found[place],) = fields(">I", tfhd, at)
            at += 4
    return Defaults(*found)


def _run(trun: bytes, defaults: Defaults) -> Iterator[Defaults]:
    """Yield what holds for each sample of a run."""
    flags = flags_of(trun)
    (count,) = fields(">I", trun, 4)
    if count > _MOST_SAMPLES:
        raise BrokenBoxes(f"{count} samples in one run")
    at = 8 + 4 * bool(flags & 0x1)  # past the data offset
    first_flags = fields(">I", trun, at)[0] if flags & 0x4 else None
    at += 4 * bool(flags & 0x4)
    present = [bool(flags & flag) for flag in (0x100, 0x200, 0x400, 0x800)]
    row = f">{sum(present)}I"
    for number in range(count):
        columns = iter(fields(row, trun, at + 4 * sum(present) * number))
        duration, size, sample_flags = (
            next(columns) if there else default
            for there, default in zip(
                present, (defaults.duration, defaults.size, defaults.flags), strict=False
            )
        )
        if number == 0 and first_flags is not None:
            sample_flags = first_flags
        yield Defaults(duration, size, sample_flags)
