"""What a track and its album measure, as boxes of the track's `udta` (ISO/IEC 14496-12, 12.2.7).

The numbers are coded as in MPEG-D DRC (ISO/IEC 23003-4), which players of AAC and FLAC share.
"""

from dataclasses import dataclass
from struct import pack
from typing import Final

from hls.boxes import box, full_box

_WHOLE_PROGRAMME: Final = 1  # method_definition: programme loudness
_BS_1770: Final = 2  # measurement_system: ITU-R BS.1770-4 or later
_ACCURATE: Final = 3  # reliability: measured, not taken from someone's word
_UNKNOWN: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLevels:
    """None where there is no figure; the boxes then say that it is not known."""

    integrated_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None = None


def ludt(track: MeasuredLevels, album: MeasuredLevels | None = None) -> bytes:
    """Write the box of both, to be put into `udta` of the track's `trak`."""
    return box(b"ludt", _levels(b"tlou", track), _levels(b"alou", album) if album else b"")


def _levels(kind: bytes, levels: MeasuredLevels) -> bytes:
    # Three reserved bits, seven of a downmix, six of a DRC set: 0, for the sound as it is.
    whole = pack(">H", 0)
    true_peak = _peak(levels.true_peak_dbtp)
    peaks = _peak(levels.sample_peak_dbfs) << 12 | true_peak
    known = _BS_1770 << 4 | _ACCURATE if true_peak else _UNKNOWN
    return full_box(kind, whole, peaks.to_bytes(3), pack(">B", known), _measurements(levels))


def _peak(decibels: float | None) -> int:
    """Code a peak in 12 bits: steps of 1/32 dB below +20 dB, 0 for none."""
    if decibels is None:
        return 0
    return max(1, min(0xFFF, round((20 - decibels) * 32)))


def _measurements(levels: MeasuredLevels) -> bytes:
    if levels.integrated_lufs is None:
        return pack(">B", 0)
    # From -57.75 LUFS in quarters: +6 is the loudest that can be told.
    value = max(0, min(0xFF, round((levels.integrated_lufs + 57.75) * 4)))
    return pack(">BBBB", 1, _WHOLE_PROGRAMME, value, _BS_1770 << 4 | _ACCURATE)
