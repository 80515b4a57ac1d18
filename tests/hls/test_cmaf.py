"""What we package, decoded by programs that know nothing of us."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import correlate

if TYPE_CHECKING:
    from tests.hls.conftest import Published

Decoder = Callable[[Path, int, str], NDArray[Any]]

# Samples, rate, channels, bits: lengths around the joints of the grid at every kind of rate.
SOUNDS = [
    pytest.param((4410, 44100, 2, 16), id="0.1 s"),
    pytest.param((264_600, 44100, 2, 24), id="6.0 s, 24 bit"),
    pytest.param((286_650, 44100, 1, 16), id="6.5 s mono, the tail joins"),
    pytest.param((542_430, 44100, 2, 16), id="12.3 s, the tail joins the second"),
    pytest.param((600_001, 48000, 1, 24), id="12.5 s at 48 kHz, mono, 24 bit"),
    pytest.param((1_164_345, 96000, 2, 24), id="12.1 s at 96 kHz"),
    pytest.param((56_003, 8000, 1, 16), id="7 s at 8 kHz, mono"),
]


def by_ffmpeg(playlist: Path, channels: int, form: str) -> NDArray[Any]:
    """Decode with Debian's command line (FFmpeg 5.1)."""
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg, "the ffmpeg command is not installed"
    command = [ffmpeg, "-v", "error", "-i", str(playlist), "-f", form, "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    assert not done.stderr, done.stderr.decode()
    kind = {"f32le": "<f4", "s16le": "<i2", "s32le": "<i4"}[form]
    return np.frombuffer(done.stdout, kind).reshape(-1, channels).T


def by_pyav(playlist: Path, channels: int, form: str) -> NDArray[Any]:
    """Decode with the libraries inside PyAV (FFmpeg 8.1)."""
    with av.open(str(playlist)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    whole = np.concatenate(frames, axis=1)
    return whole if form == "f32le" else whole.reshape(-1, channels).T


def lag(decoded: NDArray[Any], source: NDArray[Any]) -> int:
    """By how many samples the decoded sound comes later than the source."""
    middle = max(0, source.shape[1] // 2 - 2**15)
    window = slice(middle, middle + 2**16)
    ours, theirs = decoded[0, window], source[0, window]
    return int(np.argmax(correlate(ours, theirs, method="fft"))) - (len(theirs) - 1)


@pytest.fixture(params=[by_ffmpeg, by_pyav], ids=["ffmpeg 5.1", "pyav"])
def decode(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module", params=SOUNDS)
def asset(
    request: pytest.FixtureRequest,
    publish_sound: Callable[..., Published],
    tmp_path_factory: pytest.TempPathFactory,
) -> Published:
    samples, rate, channels, bits = request.param
    folder = tmp_path_factory.mktemp("asset")
    return publish_sound(folder, samples, rate, channels, bits=bits)


def test_flac_is_the_source_to_the_bit(asset: Published, decode: Decoder) -> None:
    form = "s16le" if asset.bits == 16 else "s32le"
    playlist = asset.folder / "flac" / "media.m3u8"

    decoded = decode(playlist, len(asset.source), form).astype(np.int32)

    shift = 0 if asset.bits == 16 else 8  # 24 bits lie in the upper part of 32
    assert np.array_equal(decoded >> shift, asset.source)


@pytest.mark.parametrize("rung", ["aac-128", "aac-64"])
def test_aac_plays_in_step_with_the_source(asset: Published, decode: Decoder, rung: str) -> None:
    decoded = decode(asset.folder / rung / "media.m3u8", len(asset.source), "f32le")

    declared = asset.aac.samples
    assert lag(decoded, asset.aac_input) == 0
    # A decoder gives whole frames; what is declared ends within the last of them.
    assert declared <= decoded.shape[1] < declared + 1024
    error = decoded[:, :declared] - asset.aac_input
    assert 10 * np.log10(np.mean(asset.aac_input**2) / np.mean(error**2)) > 10


def test_the_playlist_is_as_long_as_the_media(asset: Published) -> None:
    for rung, grid in (("aac-128", asset.aac), ("flac", asset.flac)):
        text = (asset.folder / rung / "media.m3u8").read_text()
        told = sum(float(number) for number in re.findall(r"#EXTINF:([\d.]+),", text))
        assert told == pytest.approx((grid.priming + grid.samples) / grid.rate, abs=2e-6)


def test_the_init_segment_alone_tells_rate_and_channels(asset: Published) -> None:
    for rung, grid in (("aac-128", asset.aac), ("flac", asset.flac)):
        with av.open(str(asset.folder / rung / "init.mp4")) as init:
            stream = init.streams.audio[0]
            assert (stream.rate, stream.channels) == (grid.rate, len(asset.source))
            assert stream.language == "und"


def test_segments_decode_alike_whoever_asks_first(published: Published, tmp_path: Path) -> None:
    """A player that begins with the second segment hears what others hear there."""
    late = (published.folder / "flac" / "media.m3u8").read_text().replace("#EXTINF", "#X", 1)
    folder = shutil.copytree(published.folder / "flac", tmp_path / "flac")
    playlist = folder / "late.m3u8"
    playlist.write_text(late.replace("0.m4s\n", ""))

    decoded = by_ffmpeg(playlist, 2, "s16le")

    assert np.array_equal(decoded, published.source[:, published.flac.decode_time(1) :])


def test_the_multivariant_playlist_leads_to_all_rungs(published: Published) -> None:
    with av.open(str(published.master)) as container:
        rungs = [(stream.codec.name, stream.rate) for stream in container.streams.audio]

    assert sorted(rungs) == [("aac", 44100), ("aac", 44100), ("flac", 44100)]


def test_a_segment_adds_a_few_bytes_to_each_packet(published: Published) -> None:
    folder = published.folder / "aac-128"
    with av.open(str(folder / "media.m3u8")) as container:
        packets = [packet.size for packet in container.demux(audio=0) if packet.size]
    written = sum(segment.stat().st_size for segment in folder.glob("*.m4s"))

    assert len(packets) == published.aac.packet_total
    assert written - sum(packets) < 4 * len(packets) + 1500  # and the last table has 8 a packet
