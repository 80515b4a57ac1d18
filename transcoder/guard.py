"""Encodes a programme segment by segment, and lets none pass that decodes above full scale.

A lossy codec keeps energies, not peaks. In most music the decoded peaks stay within a decibel of
the original's; now and then a single frame bursts, and which one is chaos: another gain, another
frame. So each segment is decoded before it is let go. Where a frame is too high, the sound around
it is turned down by as much for some hundredths of a second, and the segment is encoded again by a
new encoder, warmed up on the sound before it. What was let go never changes.
"""

from collections.abc import Iterator
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hls.timeline import AAC_FRAME, Grid
from transcoder import pcm
from transcoder.encode import AacEncoder
from transcoder.reframe import BLOCK
from transcoder.verify import HIGHEST, correction, decoded, true_peak
from waveform.analysis import Analysis
from waveform.loudness import Loudness

_TRIES: Final = 8
_WARM_UP: Final = 10  # frames; eight hide the seam between two encoders
_OVERLAP: Final = 2  # packets before a segment that its decoder must have heard


class Room:
    """Where a segment is decoded, one at a time: rungs that are made side by side share it.

    A buffer that stays, since memory that comes and goes in threads is seldom given back; and one
    for all, since to look at a segment takes a tenth of the time that its encoding takes.
    """

    def __init__(self, grid: Grid, channels: int) -> None:
        longest = max(_size(grid, n) for n in {0, grid.count - 1})
        self.sound = np.empty((channels, (_OVERLAP + longest + 1) * AAC_FRAME), np.float32)
        self.lock = Lock()


class Guard:
    def __init__(self, grid: Grid, channels: int, bit_rate: int, room: Room) -> None:
        self._grid = grid
        self._room = room
        self._channels = channels
        self._bit_rate = bit_rate
        self._encoder = self._new_encoder()
        self.track = self._encoder.track(grid.samples)
        self._analysis = Analysis(grid.rate, channels)
        self._segment = 0
        self._packets: list[bytes] = []  # from the segment in hand on
        self._before: list[bytes] = []  # the last ones that were let go
        self._fed: list[pcm.Sound] = []  # what the encoder knows, from `_start` on
        self._start = 0  # a sample of the programme
        self._ended = False

    def feed(self, sound: pcm.Sound) -> Iterator[list[bytes]]:
        """Yield the packets of each segment that is complete."""
        self._fed.append(sound)
        self._packets += self._encoder.encode(sound)
        while self._segment + 1 < self._grid.count and _size(self._grid, self._segment) <= len(
            self._packets
        ):
            yield self._let_go()

    def finish(self) -> Iterator[list[bytes]]:
        self._ended = True
        self._packets += self._encoder.finish()
        while self._segment < self._grid.count:
            yield self._let_go()

    def loudness(self) -> Loudness:
        """Return the loudness of all that was let go, as a player decodes it."""
        return self._analysis.finish().loudness

    def _let_go(self) -> list[bytes]:
        size = _size(self._grid, self._segment)
        with self._room.lock:
            heard = self._decoded(self._packets[:size])
            for _ in range(_TRIES):
                if true_peak(heard, HIGHEST) <= HIGHEST:
                    break
                self._encode_again(correction(heard, keep_start=self._segment > 0))
                heard = self._decoded(self._packets[:size])
            self._analysis.feed(heard)
        packets, self._packets = self._packets[:size], self._packets[size:]
        self._before = packets[-_OVERLAP:]
        self._segment += 1
        if self._segment < self._grid.count:
            self._forget(max(0, self._grid.bounds(self._segment)[0] - _WARM_UP) * AAC_FRAME)
        return packets

    def _decoded(self, packets: list[bytes]) -> pcm.Sound:
        """Decode a segment, and keep what a player plays of it."""
        sound = decoded([*self._before, *packets], self.track, self._room.sound)
        sound = sound[:, len(self._before) * AAC_FRAME :]
        start = self._heard_from()
        return sound[:, max(0, -start) : self._grid.samples - start]

    def _heard_from(self) -> int:
        """Return the sample of the programme at which the decoded segment begins."""
        return self._grid.decode_time(self._segment) - self._grid.priming

    def _encode_again(self, gains: NDArray[np.float32]) -> None:
        first = self._grid.bounds(self._segment)[0]
        warm_up = min(first, _WARM_UP)
        self._forget((first - warm_up) * AAC_FRAME)
        sound = np.concatenate(self._fed, axis=1)
        at = max(0, self._heard_from()) - self._start
        sound[:, at : at + len(gains)] *= gains[: sound.shape[1] - at]
        self._fed = [sound]
        self._encoder = self._new_encoder()
        packets = [
            packet
            for start in range(0, sound.shape[1], BLOCK)
            for packet in self._encoder.encode(sound[:, start : start + BLOCK])
        ]
        packets += self._encoder.finish() if self._ended else []
        self._packets = packets[warm_up:]

    def _forget(self, before: int) -> None:
        """Drop samples that no encoder will need again."""
        while self._fed and self._start + self._fed[0].shape[1] <= before:
            self._start += self._fed.pop(0).shape[1]
        if self._fed and self._start < before:
            self._fed[0] = self._fed[0][:, before - self._start :]
            self._start = before

    def _new_encoder(self) -> AacEncoder:
        return AacEncoder(self._grid.rate, self._channels, self._bit_rate)


def _size(grid: Grid, n: int) -> int:
    """Return the packets of a segment."""
    first, end = grid.bounds(n)
    return (end or grid.packet_total) - first
