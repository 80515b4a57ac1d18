"""Encoders: blocks of samples in, packets of whole frames out, their delay known.

FFmpeg's AAC encoder starts every stream in a state that lets an abrupt beginning burst: four tones
pressed flat (`saturated` in tests/transcoder/test_peaks.py) of -0.3 dBTP came out at +5.8 dBTP in
the first 50 ms, at 128 kbit/s and 44.1 kHz. Behind two frames of silence they come out at +0.1. The
packets of the silence are dropped, so that nothing moves in time: the first packet kept still
carries the 1024 samples of priming, and a decoder needs no packet before it.

Noise substitution and TNS are for low rates. From 192 kbit/s on they bring nothing: of two pieces
of music, tones and pink noise the signal-to-noise ratio is within 0.2 dB without them.
"""

from fractions import Fraction
from typing import Literal

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec.context import CodecContext

from hls.audio_track import AudioTrack
from hls.timeline import AAC_FRAME, AAC_PRIMING
from transcoder import pcm
from transcoder.resample import LAYOUTS, to_frame

PREROLL = 2  # frames of silence whose packets are dropped
_FULL_TOOLS_BELOW = 192_000


class AacEncoder:
    """AAC-LC at a constant bit rate by libavcodec's own encoder, on the caller's thread alone."""

    def __init__(self, rate: int, channels: int, bit_rate: int) -> None:
        tools = {} if bit_rate < _FULL_TOOLS_BELOW else {"aac_pns": "0", "aac_tns": "0"}
        self._rate = rate
        self._channels = channels
        self._context = _opened("aac", rate, channels, "fltp", tools | {"b": str(bit_rate)})
        self._to_drop = PREROLL
        self._packets(to_frame(np.zeros((channels, PREROLL * AAC_FRAME), np.float32), rate))

    def track(self, samples: int | None) -> AudioTrack:
        return AudioTrack(
            codec="aac",
            rate=self._rate,
            channels=self._channels,
            extradata=self._context.extradata or b"",
            priming=AAC_PRIMING,
            samples=samples,
            frame_samples=AAC_FRAME,
        )

    def encode(self, sound: pcm.Sound) -> list[bytes]:
        return self._packets(to_frame(sound, self._rate))

    def finish(self) -> list[bytes]:
        return self._packets(None)

    def _packets(self, frame: AudioFrame | None) -> list[bytes]:
        packets = [bytes(packet) for packet in self._context.encode(frame)]
        dropped = min(self._to_drop, len(packets))
        self._to_drop -= dropped
        return packets[dropped:]


class FlacEncoder:
    """FLAC of the very integers of the file, in blocks of one size."""

    def __init__(self, rate: int, channels: int, bits: int, block: int) -> None:
        self._rate = rate
        self._channels = channels
        self._bits = 24 if bits > 16 else 16
        self._block = block
        self._format = "s32" if bits > 16 else "s16"
        tools = {"frame_size": str(block)}
        self._context = _opened("flac", rate, channels, self._format, tools)

    def track(self, samples: int | None) -> AudioTrack:
        """Describe the stream; the description is whole once the stream is finished."""
        return AudioTrack(
            codec="flac",
            rate=self._rate,
            channels=self._channels,
            extradata=self._context.extradata or b"",
            priming=0,
            samples=samples,
            frame_samples=self._block,
            bits=self._bits,
        )

    def encode(self, exact: pcm.Exact) -> list[bytes]:
        layout = LAYOUTS[self._channels]
        frame = AudioFrame.from_ndarray(exact.reshape(1, -1), self._format, layout)
        frame.sample_rate = self._rate
        frame.time_base = Fraction(1, self._rate)
        return [bytes(packet) for packet in self._context.encode(frame)]

    def finish(self) -> list[bytes]:
        return [bytes(packet) for packet in self._context.encode(None)]


def _opened(
    codec: Literal["aac", "flac"],
    rate: int,
    channels: int,
    sample_format: str,
    options: dict[str, str],
) -> AudioCodecContext:
    context = CodecContext.create(codec, "w")
    context.sample_rate = rate
    context.layout = LAYOUTS[channels]
    context.format = sample_format
    context.options = options
    context.thread_count = 1  # rungs run beside each other; more threads would only contend
    context.open()
    return context
