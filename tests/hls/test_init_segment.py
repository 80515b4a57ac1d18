"""What an init segment says, read by FFmpeg's libraries."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from scipy.signal import correlate

from hls.audio_track import AudioTrack
from hls.cmaf import Sample, init_segment, media_segment
from hls.codecs import codecs
from hls.conformance.init_bytes import read_header
from hls.sample_entries import BrokenExtradata
from hls.timeline import Grid

if TYPE_CHECKING:
    from tests.hls.conftest import Encoded, Published

STREAMINFO = bytes.fromhex("12001200000000000000 0ac442f0 00000000".replace(" ", "")) + bytes(16)
AAC = AudioTrack(
    codec="aac",
    rate=44100,
    channels=2,
    extradata=b"\x12\x10",
    priming=1024,
    samples=None,
    frame_samples=1024,
)
FLAC = replace(AAC, codec="flac", extradata=STREAMINFO, priming=0, frame_samples=4608)


def decode(*parts: bytes) -> Any:
    with av.open(io.BytesIO(b"".join(parts)), mode="r") as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(frames, axis=1)


def test_a_track_of_unknown_length_plays_the_same(
    published: Published, encode_sound: Callable[..., Encoded]
) -> None:
    track = encode_sound("aac", published.aac_input, published.aac).track
    segments = [(published.folder / "aac-128" / f"{n}.m4s").read_bytes() for n in (0, 1)]

    known = decode(init_segment(track), *segments)
    unknown = decode(init_segment(replace(track, samples=None)), *segments)

    assert np.array_equal(known, unknown)
    assert known.shape[1] - published.aac.samples in range(1024)


def test_opus_plays_in_step_with_the_source(published: Published) -> None:
    source = published.source[:, :240_100].astype(np.float32) / 32768
    grid = Grid(48000, 240_100, 276_480, 960, 312)
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "stereo", "flt"
    encoder.bit_rate, encoder.time_base = 256_000, Fraction(1, 48000)
    encoder.open()
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(source.T.reshape(1, -1)), "flt", "stereo"
    )
    frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
    packets = [bytes(packet) for part in (frame, None) for packet in encoder.encode(part)]
    head = bytes(encoder.extradata or b"")
    track = replace(AAC, codec="opus", rate=48000, extradata=head, priming=312, samples=240_100)
    samples = [Sample(packets[n], grid.packet_duration(n)) for n in range(grid.packet_total)]

    decoded = decode(init_segment(track), media_segment(sequence=1, decode_time=0, samples=samples))

    window = slice(100_000, 165_536)
    ours, theirs = decoded[0, window], source[0, window]
    assert int(np.argmax(correlate(ours, theirs, method="fft"))) - (len(theirs) - 1) == 0
    assert decoded.shape[1] - 240_100 in range(960)
    assert codecs(track) == "opus"


def test_a_rate_beyond_the_field_is_halved_until_it_fits() -> None:
    """The decoder takes the true rate from STREAMINFO; the field alone can be wrong."""
    for rate, written in ((44100, 44100), (96000, 48000), (192000, 48000), (176400, 44100)):
        init = init_segment(replace(FLAC, rate=rate))
        entry = init.index(b"fLaC") + 4
        assert int.from_bytes(init[entry + 24 : entry + 26], "big") == written
    odd = init_segment(replace(FLAC, rate=100_001))
    assert odd[odd.index(b"fLaC") + 28 :][:2] == b"\xff\xff"


def test_streaminfo_is_taken_with_and_without_its_file_header() -> None:
    with_header = replace(FLAC, extradata=b"fLaC\x80\x00\x00\x22" + STREAMINFO)

    assert init_segment(with_header) == init_segment(FLAC)


@pytest.mark.parametrize(
    ("extradata", "name"),
    [
        (b"\x12\x10", "mp4a.40.2"),  # AAC-LC
        (b"\x12\x10\x56\xe5\x00", "mp4a.40.2"),  # as FFmpeg's encoder writes it
        (b"\x2b\x92\x08\x00", "mp4a.40.5"),  # HE-AAC
        (b"\xf9\x48\x40", "mp4a.40.42"),  # xHE-AAC, beyond the first five bits
    ],
)
def test_codecs_names_what_the_stream_is(extradata: bytes, name: str) -> None:
    assert codecs(replace(AAC, extradata=extradata)) == name
    assert codecs(FLAC) == "fLaC"


def test_a_programme_longer_than_32_bits_keeps_its_length() -> None:
    header = read_header(init_segment(replace(FLAC, rate=192_000, samples=5_000_000_000)))

    assert header.edit is not None
    assert (header.edit.duration, header.edit.media_time) == (5_000_000_000, 0)


@pytest.mark.parametrize("codec", ["flac", "opus"])
def test_extradata_of_another_codec_is_refused(codec: Any) -> None:
    with pytest.raises(BrokenExtradata):
        init_segment(replace(AAC, codec=codec))


def test_an_aac_track_without_a_configuration_has_no_name() -> None:
    with pytest.raises(ValueError, match="at least two bytes"):
        codecs(replace(AAC, extradata=b""))


def test_a_track_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no such sound"):
        replace(AAC, channels=0)
    with pytest.raises(ValueError, match="no such timeline"):
        replace(AAC, samples=0)
    with pytest.raises(ValueError, match="at least one sample"):
        media_segment(sequence=1, decode_time=0, samples=[])


def test_segments_of_the_same_packets_are_the_same_bytes(
    published: Published, tmp_path: Path, publish_sound: Callable[..., Published]
) -> None:
    """A segment made twice is one object: whoever comes second can adopt the first."""
    again = publish_sound(tmp_path / "again", 551_250)

    assert again.files() == published.files()
