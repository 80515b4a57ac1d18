"""Imports and uses everything that media work needs, so that a forked child finds it in memory.

A sandboxed child cannot read Python's files any more: a module, a codec's table or a text encoding
that is first needed there would be missing there.
"""

import codecs
import importlib
import pkgutil
from types import ModuleType
from typing import Literal

import av
import numpy as np

_ENCODINGS = (
    *("ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "idna"),
    *("cp1250", "cp1251", "cp1252", "cp932", "shift_jis", "euc_jp", "gbk", "big5", "euc_kr"),
    *("koi8_r", "iso8859_2", "iso8859_5", "iso8859_15", "cp437", "cp866", "mac_roman"),
)
_ROOMS = ("hls", "waveform", "transcoder")
_NOT_FOR_CHILDREN = {
    *("av.__main__", "transcoder.zygote", "transcoder.zygote_main"),
    "transcoder.sixteen_bits",  # brings libsndfile, which no child needs
}
_RATE = 44_100


def warm_up() -> None:
    """Leave nothing to be loaded later."""
    av.logging.set_level(None)
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    for room in (*_ROOMS, "av"):  # PyAV imports the kinds of streams when it first meets them
        _import_all(importlib.import_module(room))
    for codec in ("aac", "flac"):
        _round_trip(codec)


def _import_all(room: ModuleType) -> None:
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        if module.name not in _NOT_FOR_CHILDREN:
            importlib.import_module(module.name)


def _round_trip(codec: Literal["aac", "flac"]) -> None:
    """Encode, resample and decode a tenth of a second."""
    encoder = av.AudioCodecContext.create(codec, "w")
    encoder.sample_rate, encoder.layout = _RATE, "stereo"
    encoder.format = "fltp" if codec == "aac" else "s16"
    encoder.open()
    size = encoder.frame_size
    shape, kind = ((2, size), np.float32) if codec == "aac" else ((1, 2 * size), np.int16)
    silence = np.zeros(shape, kind)
    frame = av.AudioFrame.from_ndarray(silence, format=encoder.format.name, layout="stereo")
    frame.sample_rate = _RATE
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    decoder = av.AudioCodecContext.create(codec, "r")
    decoder.extradata = encoder.extradata
    resampler = av.AudioResampler("fltp", "mono", 48_000)
    for packet in packets:
        for decoded in decoder.decode(av.Packet(bytes(packet))):
            for resampled in resampler.resample(decoded):
                resampled.to_ndarray()
