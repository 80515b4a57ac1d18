"""A sound, encoded by FFmpeg's own encoders, packaged by us, written to a folder."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from hls.audio_track import AudioTrack
from hls.bandwidth import Weight, average_bandwidth, peak_bandwidth
from hls.cmaf import Sample, init_segment, media_segment
from hls.codecs import codecs
from hls.media_playlist import MediaPlaylist, Segment
from hls.multivariant import MultivariantPlaylist, Variant
from hls.timeline import Grid

Sound = NDArray[Any]  # (channels, samples): float32, int16, or 24-bit numbers in int32


@dataclass(frozen=True)
class Encoded:
    grid: Grid
    track: AudioTrack
    packets: list[bytes]


def make_sound(samples: int, rate: int, channels: int) -> NDArray[np.float32]:
    """Tones that differ by channel under noise: nothing in it repeats."""
    noise = np.random.default_rng(samples + rate).normal(0, 0.05, (channels, samples))
    time = np.arange(samples) / rate
    tones = [0.3 * np.sin(2 * np.pi * (220 + 110 * c) * time) for c in range(channels)]
    return (noise + np.array(tones)).astype(np.float32)


def resample(sound: NDArray[np.float32], rate: int, to_rate: int, samples: int) -> Sound:
    if rate == to_rate:
        return sound
    layout = {1: "mono", 2: "stereo"}[len(sound)]
    resampler = av.AudioResampler("fltp", layout, to_rate)
    frame = av.AudioFrame.from_ndarray(sound, "fltp", layout)
    frame.sample_rate = rate
    parts = [out.to_ndarray() for out in (*resampler.resample(frame), *resampler.resample(None))]
    whole = np.concatenate([sound[:, :0], *parts], axis=1)[:, :samples]
    return np.pad(whole, ((0, 0), (0, samples - whole.shape[1])))


def _encoder(name: str, rate: int, layout: str, form: str) -> av.AudioCodecContext:
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = rate, layout, form
    encoder.time_base = Fraction(1, rate)
    encoder.thread_count = 1
    return encoder


def _frames(sound: Sound, rate: int, layout: str, form: str, size: int) -> Iterator[Any]:
    for start in range(0, sound.shape[1], size):
        block = sound[:, start : start + size]
        if form in {"s16", "s32"}:
            block = block.T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), form, layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield frame


def encode(
    codec: str, sound: Sound, grid: Grid, *, bits: int = 16, bit_rate: int = 128_000
) -> Encoded:
    layout = {1: "mono", 2: "stereo"}[len(sound)]
    form = {"aac": "fltp", "flac": "s16" if bits == 16 else "s32"}[codec]
    encoder = _encoder(codec, grid.rate, layout, form)
    if codec == "aac":
        encoder.bit_rate = bit_rate
    else:
        encoder.options = {"frame_size": str(grid.frame_samples)}
    encoder.open()
    extradata = bytes(encoder.extradata or b"")
    pcm = sound << 8 if form == "s32" else sound
    packets = [
        bytes(packet)
        for frame in (*_frames(pcm, grid.rate, layout, form, grid.frame_samples), None)
        for packet in encoder.encode(frame)
    ]
    track = AudioTrack(
        codec="aac" if codec == "aac" else "flac",
        rate=grid.rate,
        channels=len(sound),
        extradata=extradata,
        priming=grid.priming,
        samples=grid.samples,
        frame_samples=grid.frame_samples,
        bits=bits,
    )
    # FLAC's encoder ends with an empty packet that only carries the finished STREAMINFO.
    return Encoded(grid, track, [packet for packet in packets if packet])


def cut(encoded: Encoded) -> Iterator[bytes]:
    grid = encoded.grid
    for n in range(grid.count):
        first, last = grid.bounds(n)
        samples = [
            Sample(encoded.packets[packet], grid.packet_duration(packet))
            for packet in range(first, grid.packet_total if last is None else last)
        ]
        yield media_segment(sequence=n + 1, decode_time=grid.decode_time(n), samples=samples)


def write_rung(folder: Path, name: str, encoded: Encoded) -> Variant:
    grid, rung = encoded.grid, folder / name
    rung.mkdir(parents=True)
    (rung / "init.mp4").write_bytes(init_segment(encoded.track))
    weights = []
    for n, segment in enumerate(cut(encoded)):
        (rung / f"{n}.m4s").write_bytes(segment)
        weights.append(Weight(len(segment), grid.media_duration(n)))
    playlist = MediaPlaylist(
        target_duration=grid.target_duration,
        init_uri="init.mp4",
        segments=tuple(Segment(f"{n}.m4s", w.duration) for n, w in enumerate(weights)),
    )
    (rung / "media.m3u8").write_text(playlist.render())
    return Variant(
        uri=f"{name}/media.m3u8",
        bandwidth=peak_bandwidth(weights, grid.target_duration),
        average_bandwidth=average_bandwidth(weights),
        codecs=codecs(encoded.track),
    )


def write_asset(folder: Path, rungs: Mapping[str, Encoded]) -> Path:
    variants = tuple(write_rung(folder, name, encoded) for name, encoded in rungs.items())
    master = folder / "master.m3u8"
    master.write_text(MultivariantPlaylist(variants=variants).render())
    return master


@dataclass(frozen=True)
class Published:
    master: Path
    source: NDArray[np.int32]  # whole numbers of `bits` bits
    source_rate: int
    bits: int
    aac_input: NDArray[np.float32]
    aac: Grid
    flac: Grid

    @property
    def folder(self) -> Path:
        return self.master.parent

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in found}


def publish(
    folder: Path, samples: int, rate: int = 44100, channels: int = 2, *, bits: int = 16
) -> Published:
    """Write a sound as AAC at 64 and 128 kbit/s and as FLAC."""
    sound = make_sound(samples, rate, channels)
    whole = np.round(sound * 2 ** (bits - 1)).astype(np.int16 if bits == 16 else np.int32)
    aac, flac = Grid.aac(rate, samples), Grid.flac(rate, samples)
    aac_input = resample(sound, rate, aac.rate, aac.samples)
    master = write_asset(
        folder,
        {
            "aac-128": encode("aac", aac_input, aac),
            "aac-64": encode("aac", aac_input, aac, bit_rate=64_000),
            "flac": encode("flac", whole, flac, bits=bits),
        },
    )
    return Published(master, whole.astype(np.int32), rate, bits, aac_input, aac, flac)


@pytest.fixture(scope="session")
def encode_sound() -> Callable[..., Encoded]:
    return encode


@pytest.fixture(scope="session")
def publish_sound() -> Callable[..., Published]:
    return publish


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A stereo sound of 12.5 s at 44.1 kHz: two segments, the second a little longer."""
    return publish(tmp_path_factory.mktemp("published"), 551_250)


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Published], Path]:
    """Copy a published folder to a place where a test may harm it."""

    def copy(asset: Published) -> Path:
        return shutil.copytree(asset.folder, tmp_path / "copy")

    return copy
