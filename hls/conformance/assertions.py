"""The assertions by number, and what is reported when one does not hold.

The numbers are stable: 6, 7, 15, 18, 24 to 26, 29, 30 and 33 to 36 belong to checks that fetch,
decode or poll, and are not made here (of 6, only what one look at a playlist can tell).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


ASSERTIONS: Final[Mapping[int, str]] = {
    1: "a playlist is UTF-8 without a byte order mark and begins with #EXTM3U",
    2: "tags are well formed, singletons stand once, VERSION allows every tag used",
    3: "every EXTINF, rounded, is at most TARGETDURATION",
    4: "no EXTINF exceeds TARGETDURATION by more than half a second",
    5: "the last segment lasts a second or more, unless it is the only one",
    6: "a VOD playlist has its end",
    8: "renditions agree in segment count, TARGETDURATION and boundaries, within a frame",
    9: "EXT-X-MAP stands before the first segment and can be read",
    10: "INDEPENDENT-SEGMENTS is said, and true",
    11: "BANDWIDTH is at least the measured peak, and within 10 % of it",
    12: "AVERAGE-BANDWIDTH is within 10 % of the measured average",
    13: "the peak is at most twice the average",
    14: "every variant has CODECS, one with video also RESOLUTION and FRAME-RATE",
    16: "one variant peaks at 192 kbit/s or less; beside Opus or FLAC there is AAC",
    17: "every address leads somewhere",
    19: "an init is ftyp and moov, a segment moof and mdat, and their sizes agree",
    20: "each segment begins in the media timeline exactly where the one before ends",
    21: "EXTINF is the media's duration within 1 ms, and within a frame in sum",
    22: "the media lasts as long as priming and programme, to the sample",
    23: "the edit list takes out exactly the encoder's delay",
    27: "CODECS is what the init segment says",
    28: "every audio sample is a sync sample",
    31: "ftyp has the brands iso6 and cmfc, and moof is the base of data offsets",
    32: "fragment sequence numbers increase",
}

_WARNINGS: Final = frozenset({5, 13, 31})


@dataclass(frozen=True, slots=True)
class Finding:
    assertion: int
    where: str  # address of the playlist or segment
    detail: str

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self.assertion in _WARNINGS else Severity.ERROR

    def __str__(self) -> str:
        return f"{self.severity} {self.assertion} {self.where}: {self.detail}"
