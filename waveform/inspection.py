"""One pass over decoded sound for what is wrong with it, in constant memory."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from waveform.analysis import check_chunk, check_layout
from waveform.bandwidth import BandwidthFinder
from waveform.bandwidth_verdict import Bandwidth
from waveform.blocks import Seconds
from waveform.channels import Channels, ChannelSums
from waveform.clipping import Clipping, ClippingFinder
from waveform.damage import silence_damage
from waveform.pcm_hash import PcmHash
from waveform.silence import Silence, SilenceFinder
from waveform.spectrogram import SpectrogramBuilder
from waveform.used_bits import Exact, UsedBits


class Collector(StrEnum):
    SILENCE = "silence"
    CLIPPING = "clipping"
    CHANNELS = "channels"
    BANDWIDTH = "bandwidth"
    USED_BITS = "used_bits"  # integers alone have them
    HASH = "hash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What was found; None where it was not looked for. A few kilobytes as JSON, at most."""

    rate: int
    samples: int
    bits: int | None  # of the file's integer samples
    silence: Silence | None
    clipping: tuple[Clipping, ...] | None  # by channel
    channels: Channels | None
    bandwidth: Bandwidth | None
    used_bits: int | None
    hash: str | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


Found_co = TypeVar("Found_co", covariant=True)


class _Finder(Protocol[Found_co]):
    def finish(self) -> Found_co: ...


def _finished(finder: _Finder[Found_co] | None) -> Found_co | None:
    return finder.finish() if finder else None


class Inspection:
    """Fed with float32 planar chunks of any size, and with the same sound as exact integers.

    `bits` are those of the file's integer samples; with None they are floats, and no integers are
    due. A spectrogram that is given is fed with the same sound, and finished by whoever gave it.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        bits: int | None = None,
        collectors: Collection[Collector] = frozenset(Collector),
        spectrogram: SpectrogramBuilder | None = None,
    ) -> None:
        check_layout(rate, channels)
        self._rate = rate
        self._bits = bits
        self._channels = channels
        self._samples = 0
        self._seconds = Seconds(channels, rate)
        self._spectrogram = spectrogram
        self._silence = SilenceFinder(rate) if Collector.SILENCE in collectors else None
        self._clipping = (
            ClippingFinder(channels, bits) if Collector.CLIPPING in collectors else None
        )
        self._sums = ChannelSums(channels) if Collector.CHANNELS in collectors else None
        self._bandwidth = (
            BandwidthFinder(rate, channels) if Collector.BANDWIDTH in collectors else None
        )
        self._used = UsedBits() if bits and Collector.USED_BITS in collectors else None
        self._hash = PcmHash(rate, channels, bits) if Collector.HASH in collectors else None

    def feed(self, chunk: NDArray[np.float32]) -> None:
        check_chunk(chunk, self._channels)
        if self._hash and self._bits is None:
            self._hash.add_floats(chunk)
        for second in self._seconds.fill(chunk):
            silence_damage(second)
            self._inspect(second)

    def feed_exact(self, exact: Exact) -> None:
        """Take the samples of the file themselves, (samples, channels), at full scale."""
        if self._used:
            self._used.add(exact)
        if self._hash and self._bits is not None:
            self._hash.add(exact)

    def finish(self) -> Inspected:
        """Judge what is left and close; nothing may be fed after it."""
        for rest in self._seconds.rest():
            silence_damage(rest)
            self._inspect(rest)
        return Inspected(
            rate=self._rate,
            samples=self._samples,
            bits=self._bits,
            silence=_finished(self._silence),
            clipping=_finished(self._clipping),
            channels=_finished(self._sums),
            bandwidth=_finished(self._bandwidth),
            used_bits=_finished(self._used),
            hash=_finished(self._hash),
        )

    def _inspect(self, block: NDArray[np.float32]) -> None:
        self._samples += block.shape[1]
        if self._silence:
            self._silence.add(block)
        if self._clipping:
            self._clipping.add(block)
        if self._sums:
            self._sums.add(block)
        if self._bandwidth:
            self._bandwidth.add(block)
        if self._spectrogram:
            self._spectrogram.add(block)
