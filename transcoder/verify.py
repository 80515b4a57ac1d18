"""Decodes what was just encoded, and looks at what a listener gets of it."""

from collections.abc import Sequence
from math import log10
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import CodecContext
from numpy.typing import NDArray

from hls.audio_track import AudioTrack
from hls.timeline import AAC_FRAME
from transcoder import pcm
from waveform.energy_grid import EnergyGrid
from waveform.true_peak import BOUND, TruePeak

HIGHEST: Final = 10 ** (-0.1 / 20)  # meters differ by a tenth of a decibel
_LOWERED: Final = 10 ** (-0.4 / 20)  # what is turned down is turned down to here
_AT_ONCE: Final = 1 << 15  # samples: measuring takes eight times their memory
_EDGE: Final = 16  # samples beside a frame that count for its true peak


def decoded(
    packets: Sequence[bytes], track: AudioTrack, into: pcm.Sound | None = None
) -> pcm.Sound:
    """Decode AAC packets from a fresh start, priming and all: a frame for each packet."""
    decoder: AudioCodecContext = CodecContext.create("aac", "r")
    decoder.extradata = track.extradata
    decoder.thread_count = 1
    size = len(packets) * AAC_FRAME
    sound = np.empty((track.channels, size), np.float32) if into is None else into[:, :size]
    for index, packet in enumerate(packets):
        for frame in decoder.decode(av.Packet(packet)):
            sound[:, index * AAC_FRAME : (index + 1) * AAC_FRAME] = pcm.planar(frame)
    return sound


def true_peak(sound: pcm.Sound, above: float = 0.0) -> float:
    """Measure the true peak; what cannot be over `above` is passed over, and reads as that."""
    meter = TruePeak(len(sound))
    meter.value = above
    for start in range(0, sound.shape[1], _AT_ONCE):
        meter.add(sound[:, start : start + _AT_ONCE])
    meter.flush()
    return meter.value


def power(sound: pcm.Sound, rate: int) -> float:
    """Measure the energy that loudness is made of."""
    grid = EnergyGrid(rate, [1.0] * len(sound))
    pieces = (sound[:, start : start + _AT_ONCE] for start in range(0, sound.shape[1], _AT_ONCE))
    return sum(float(grid.powers(piece).sum()) for piece in pieces)


def decibels(ratio: float) -> float:
    return 10 * log10(ratio)


def correction(sound: pcm.Sound, *, keep_start: bool) -> NDArray[np.float32]:
    """Return gains that hold down every frame which is too high, with slopes of a frame."""
    count = -(-sound.shape[1] // AAC_FRAME)
    gains = np.array([_gain(sound, frame * AAC_FRAME) for frame in range(count)])
    padded = np.pad(gains, 3, constant_values=1.0)
    # The gain at the edge between two frames obeys the two frames on each side of it.
    edges = np.lib.stride_tricks.sliding_window_view(padded, 4).min(axis=1)[1:]
    if keep_start:
        edges[0] = 1.0  # half of the first frame is in a packet that was let go
    positions = np.arange(len(edges)) * AAC_FRAME
    samples = np.arange((len(edges) - 1) * AAC_FRAME)
    return np.asarray(np.interp(samples, positions, edges), np.float32)


def _gain(sound: pcm.Sound, start: int) -> float:
    frame = sound[:, max(0, start - _EDGE) : start + AAC_FRAME + _EDGE]
    if float(np.abs(frame).max()) * BOUND <= HIGHEST:
        return 1.0
    peak = true_peak(frame)
    return _LOWERED / peak if peak > HIGHEST else 1.0
