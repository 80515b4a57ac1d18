"""Decodes what was just encoded and measures it: what a listener gets, not what was intended."""

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import CodecContext

from hls.audio_track import AudioTrack
from transcoder import pcm
from waveform.analysis import Analysis
from waveform.loudness import Loudness


class Verifier:
    """Fed with the packets of one AAC rendition in order."""

    def __init__(self, track: AudioTrack) -> None:
        self._decoder: AudioCodecContext = CodecContext.create("aac", "r")
        self._decoder.extradata = track.extradata
        self._decoder.thread_count = 1
        self._position = -track.priming
        self._end = track.samples
        self._analysis = Analysis(track.rate, track.channels)

    def feed(self, packets: list[bytes]) -> None:
        for packet in packets:
            for frame in self._decoder.decode(av.Packet(packet)):
                self._measure(pcm.to_float(pcm.planar(frame)))

    def loudness(self) -> Loudness:
        """Return what was measured; nothing may be fed after it."""
        return self._analysis.finish().loudness

    def _measure(self, sound: pcm.Sound) -> None:
        """Measure what a player plays: neither the priming nor what lies behind the end."""
        start, self._position = self._position, self._position + sound.shape[1]
        end = None if self._end is None else max(0, self._end - start)
        heard = sound[:, max(0, -start) : end]
        if heard.size:
            self._analysis.feed(np.ascontiguousarray(heard))
