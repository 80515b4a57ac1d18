"""The segment grid: where every rung of a track is cut, known before anything is encoded.

A segment is the shortest run near six seconds that holds whole frames of every codec, so that all
rungs of a track share their boundaries:

| rates             | segment   | AAC frames (1024) | FLAC blocks (4608) |
|-------------------|-----------|-------------------|--------------------|
| 44.1 kHz and kin  | 6.0604 s  | 261               | 58                 |
| all others        | 5.76 s    | 270               | 60                 |

How many segments there are follows from the length of the programme alone, never from a codec's
priming: that is what keeps the rungs in step.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

AAC_FRAME = 1024
AAC_PRIMING = 1024  # FFmpeg's native encoder puts one frame of silence before the sound
SHORTEST_TAIL = Fraction(1)  # seconds; a shorter last segment joins the one before

_FLAC_BLOCKS = (4608, 2304, 1152, 576)  # the streamable subset's largest first (RFC 9639, 7)
_LONGEST_PRIMING = Fraction(AAC_PRIMING, 44100)


def segment_seconds(rate: int) -> Fraction:
    """Return the exact length of a segment of a track with this sample rate."""
    return Fraction(267264, 44100) if _is_of_44100(rate) else Fraction(276480, 48000)


def segment_samples(rate: int) -> int:
    """Return the samples of a segment: exact for every rate that is a multiple of 25 Hz."""
    return round(segment_seconds(rate) * rate)


def aac_rate(rate: int) -> int:
    """Choose the rate at which the AAC rungs of a source are encoded."""
    return 44100 if _is_of_44100(rate) else 48000


def flac_block(rate: int) -> int:
    """Choose the largest FLAC block that fills a segment of this rate without a remainder."""
    samples = segment_samples(rate)
    # Where none fits, 1152: a boundary then lies at most 12 ms from its place at 48 kHz.
    return next((block for block in _FLAC_BLOCKS if samples % block == 0), 1152)


def resampled(samples: int, rate: int, to_rate: int) -> int:
    """Return the length of a programme at another rate, its last sample never lost."""
    return ceil(Fraction(samples * to_rate, rate))


def _is_of_44100(rate: int) -> bool:
    return rate % 11025 == 0


@dataclass(frozen=True, slots=True)
class Grid:
    """The segments of one rung of a programme of `samples` samples at `rate`.

    `samples` may be what has come so far of a programme whose end is not known: more samples
    only ever change the last segment and those after it, so all before the last are final.
    """

    rate: int
    samples: int
    segment_samples: int
    frame_samples: int
    priming: int

    def __post_init__(self) -> None:
        if min(self.rate, self.samples, self.segment_samples, self.frame_samples) < 1:
            raise ValueError(f"a grid needs at least one sample of each kind: {self}")
        if self.priming < 0:
            raise ValueError(f"priming counts samples before the sound: {self.priming}")

    @classmethod
    def aac(cls, source_rate: int, source_samples: int) -> "Grid":
        """Lay the grid of the AAC rungs of a source."""
        rate = aac_rate(source_rate)
        samples = resampled(source_samples, source_rate, rate)
        return cls(rate, samples, segment_samples(rate), AAC_FRAME, AAC_PRIMING)

    @classmethod
    def flac(cls, source_rate: int, source_samples: int) -> "Grid":
        """Lay the grid of the FLAC rung of a source, which keeps the source's rate."""
        segment = segment_samples(source_rate)
        return cls(source_rate, source_samples, segment, flac_block(source_rate), 0)

    @property
    def count(self) -> int:
        """How many segments there are."""
        full, rest = divmod(self.samples, self.segment_samples)
        # Strictly more than the shortest tail: `resampled` rounds up, and a length rounded up
        # exceeds a whole number exactly when the length before did. So all rungs agree.
        return max(1, full + (rest > SHORTEST_TAIL * self.rate))

    @property
    def media_samples(self) -> int:
        """Ticks of the whole media timeline: the priming, then the programme."""
        return self.priming + self.samples

    @property
    def packet_total(self) -> int:
        """Packets that reach to the last sample; what an encoder emits beyond them is dropped."""
        return -(-self.media_samples // self.frame_samples)

    @property
    def target_duration(self) -> int:
        """EXT-X-TARGETDURATION, the same for every rung of a programme."""
        longest = Fraction(self.segment_samples, self.rate) + _LONGEST_PRIMING
        if self.samples > self.count * self.segment_samples:
            longest += SHORTEST_TAIL
        return floor(longest + Fraction(1, 2))

    def bounds(self, n: int) -> tuple[int, int | None]:
        """Return the first packet of segment `n` and the one past its last, None at the end."""
        self._check(n)
        return self._first_packet(n), self._first_packet(n + 1) if n + 1 < self.count else None

    def packet_duration(self, packet: int) -> int:
        """Return the ticks of a packet: a frame, but the last ends with the programme."""
        if not 0 <= packet < self.packet_total:
            raise IndexError(f"there are {self.packet_total} packets, so none has number {packet}")
        return min(self.frame_samples, self.media_samples - packet * self.frame_samples)

    def decode_time(self, n: int) -> int:
        """Return the ticks at which segment `n` begins in the media timeline, which begins at 0."""
        self._check(n)
        return self._first_packet(n) * self.frame_samples

    def media_ticks(self, n: int) -> int:
        """Return the ticks that segment `n` lasts."""
        last = n + 1 == self.count
        end = self.media_samples if last else self.decode_time(n + 1)
        return end - self.decode_time(n)

    def media_duration(self, n: int) -> Fraction:
        """Return the seconds that segment `n` lasts: its EXTINF."""
        return Fraction(self.media_ticks(n), self.rate)

    def _first_packet(self, n: int) -> int:
        # The nearest whole frame; without a remainder wherever the block fits the rate.
        return (2 * n * self.segment_samples + self.frame_samples) // (2 * self.frame_samples)

    def _check(self, n: int) -> None:
        if not 0 <= n < self.count:
            raise IndexError(f"there are {self.count} segments, so none has number {n}")
