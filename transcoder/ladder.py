"""The rungs of a track: which qualities are offered, given what the source is worth.

No rung pretends to more than the source has: a lossy file gets no AAC rung above its own bit rate.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from transcoder.probe import Sound

FLAC: Final = "flac"
_AAC_RATES: Final = (64_000, 128_000, 192_000, 320_000)
_TOLERANCE: Final = Fraction(105, 100)  # encoders miss their nominal rate by a little
# 6144 bits a frame and channel (ISO/IEC 14496-3, 4.5.3.2) are 265 kbit/s at 44.1 kHz.
_MOST_A_CHANNEL: Final = 256_000


@dataclass(frozen=True, slots=True)
class Rung:
    name: str
    codec: Literal["aac", "flac"]
    bit_rate: int  # nominal; for FLAC the rate of the samples before they are compressed


def plan(sound: Sound, bit_rate: int | None) -> list[Rung]:
    """Choose the rungs for a source of this average bit rate, lowest first, lossless last."""
    limit = None if sound.lossless or bit_rate is None else bit_rate * _TOLERANCE
    rungs = [
        Rung(f"aac-{rate // 1000}", "aac", rate)
        for rate in _AAC_RATES
        if rate <= _MOST_A_CHANNEL * sound.served_channels
        and (limit is None or rate <= limit or rate == _AAC_RATES[0])
    ]
    if sound.exact:
        rungs.append(Rung(FLAC, "flac", sound.rate * sound.channels * (sound.bits or 16)))
    return rungs


def default(rungs: list[Rung], wanted: str) -> Rung:
    """Choose the rung that is made first: the one wanted, or the best AAC that there is."""
    lossy = [rung for rung in rungs if rung.codec == "aac"]
    return next((rung for rung in lossy if rung.name == wanted), lossy[-1])
