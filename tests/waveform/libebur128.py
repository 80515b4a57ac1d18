"""The reference library of EBU R 128 metering, by ctypes."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import numpy as np
from numpy.typing import NDArray

from tests.waveform.readings import Readings, held
from tests.waveform.sounds import Sound

# M, S, I, LRA and true peak of ebur128.h
EVERYTHING = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 3) | (1 << 4) | (1 << 5)
INTEGRATED = (1 << 0) | (1 << 2)
# `enum channel` of ebur128.h; the back pair of 7.1 stands at 135 degrees.
PLACES = {"FL": 1, "FR": 2, "FC": 3, "LFE": 0, "SL": 11, "SR": 12, "BL": 13, "BR": 14}
DUAL_MONO = 6


@dataclass(frozen=True, slots=True)
class Reading:
    integrated: float
    true_peak: float
    momentary: NDArray[np.float64]  # every 10 ms
    short_term: NDArray[np.float64]  # every 100 ms, from the first whole window on

    @property
    def range(self) -> float:
        """The library's own reads short-term loudness once a second; Tech 3342 now asks for ten."""
        audible = self.short_term[self.short_term > -70]
        gate = 10 * log10(np.mean(10 ** (audible / 10))) - 20
        kept = audible[audible > gate]
        low, high = np.percentile(kept, [10, 95], method="nearest")
        return float(high - low)


class _Meter:
    def __init__(self, channels: int, rate: int, mode: int = EVERYTHING) -> None:
        self._library = ctypes.CDLL("libebur128.so.1")
        self._library.ebur128_init.restype = ctypes.c_void_p
        self._channels = channels
        self._state = ctypes.c_void_p(
            self._library.ebur128_init(
                ctypes.c_uint(channels), ctypes.c_ulong(rate), ctypes.c_int(mode)
            )
        )

    def place(self, places: Sequence[int]) -> None:
        """Say where the channels' loudspeakers stand."""
        for channel, place in enumerate(places):
            self._library.ebur128_set_channel(
                self._state, ctypes.c_uint(channel), ctypes.c_int(place)
            )

    def add(self, chunk: Sound) -> None:
        self.add_interleaved(np.ascontiguousarray(chunk.T, np.float32))

    def add_interleaved(self, samples: NDArray[np.float32]) -> None:
        self._library.ebur128_add_frames_float(
            self._state,
            samples.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_size_t(len(samples)),
        )

    def read(self, quantity: str) -> float:
        value = ctypes.c_double()
        self._library[f"ebur128_{quantity}"](self._state, ctypes.byref(value))
        return value.value

    def true_peak(self) -> float:
        value = ctypes.c_double()
        peaks = []
        for channel in range(self._channels):
            self._library.ebur128_true_peak(
                self._state, ctypes.c_uint(channel), ctypes.byref(value)
            )
            peaks.append(value.value)
        return 20 * log10(max(peaks))

    def album(self, others: Sequence["_Meter"]) -> float:
        """Read what the gating blocks of several meters come to, pooled."""
        states = (ctypes.c_void_p * (1 + len(others)))(
            self._state, *(other._state for other in others)
        )
        value = ctypes.c_double()
        self._library.ebur128_loudness_global_multiple(
            states, ctypes.c_size_t(len(states)), ctypes.byref(value)
        )
        return value.value

    def close(self) -> None:
        self._library.ebur128_destroy(ctypes.byref(self._state))


def album(tracks: Sequence[Sound], rate: int) -> float:
    meters = [_Meter(len(track), rate) for track in tracks]
    for meter, track in zip(meters, tracks, strict=True):
        meter.add(track)
    value = meters[0].album(meters[1:])
    for meter in meters:
        meter.close()
    return value


def read(sound: Sound, rate: int) -> Reading:
    meter = _Meter(len(sound), rate)
    momentary, short_term = [], []
    step = rate // 100
    for start in range(0, sound.shape[1], step):
        meter.add(sound[:, start : start + step])
        momentary.append(meter.read("loudness_momentary"))
        if (start + step) % (10 * step) == 0 and start + step >= 3 * rate:
            short_term.append(meter.read("loudness_shortterm"))
    integrated, peak = meter.read("loudness_global"), meter.true_peak()
    meter.close()
    return Reading(integrated, peak, np.array(momentary), np.array(short_term))


def integrated(sound: Sound, rate: int, places: Sequence[int] = ()) -> float:
    meter = _Meter(len(sound), rate, INTEGRATED)
    meter.place(places)
    meter.add(sound)
    value = meter.read("loudness_global")
    meter.close()
    return value


def whole(samples: NDArray[np.float32], rate: int) -> float:
    """Have it measure all that it measures without being polled; return integrated loudness."""
    meter = _Meter(samples.shape[1], rate, EVERYTHING)
    for start in range(0, len(samples), rate):
        meter.add_interleaved(samples[start : start + rate])
    value = meter.read("loudness_global")
    meter.read("loudness_range")
    meter.true_peak()
    meter.close()
    return value


def readings(sound: Sound, rate: int) -> Readings:
    """Look every 100 ms, as its own scanner and players do."""
    meter = _Meter(len(sound), rate)
    momentary, short_term = [], []
    step = rate // 10
    for start in range(0, sound.shape[1], step):
        meter.add(sound[:, start : start + step])
        momentary.append(meter.read("loudness_momentary"))
        short_term.append(meter.read("loudness_shortterm"))
    integrated, lra = meter.read("loudness_global"), meter.read("loudness_range")
    peak = meter.true_peak()
    meter.close()
    return Readings(
        integrated=integrated,
        range=lra,
        true_peak=peak,
        looks=10,
        momentary=np.array(momentary),
        short_term=np.array(short_term),
        momentary_held=held(np.array(momentary)),
        short_term_held=held(np.array(short_term)),
    )


def version() -> str:
    numbers = [ctypes.c_int() for _ in range(3)]
    ctypes.CDLL("libebur128.so.1").ebur128_get_version(*map(ctypes.byref, numbers))
    return ".".join(str(number.value) for number in numbers)
