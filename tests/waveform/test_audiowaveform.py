"""Files equal audiowaveform's to the byte, and are read back."""

import json
import struct
from collections.abc import Callable
from hashlib import sha256

import numpy as np
import pytest

from tests.waveform.counted import counted
from tests.waveform.sounds import measured, noise
from waveform.audiowaveform import (
    NotPeaks,
    TooManyChannels,
    from_dat,
    from_json,
    to_dat,
    to_json,
)
from waveform.peaks import Bits, Peaks, PeaksBuilder
from waveform.sixteen_bits import mono_mix

# Of a 16-bit WAV of `counted` samples at 44,100 Hz, by audiowaveform 1.10.3, built from its source
# (commit 9edb233 of bbc/audiowaveform) on Debian 12; by 1.6.0 they are the same:
# channels, -z, -b, and the form, split where it was made with --split-channels.
BY_AUDIOWAVEFORM = {
    (1, 256, 8, "split dat"): "fd31cae3f3e73aca9bf8282970e0471257f9e423374303398693c12d86012d61",
    (2, 256, 8, "split dat"): "5f6e8e1b3f029d466b5c8c7b448af118a215b9feeea1795afdebc60ab3a7711c",
    (2, 4096, 8, "split dat"): "936f591946fb33732796e2969554b3e95de088c668d58c2f26ee9407e4650005",
    (1, 256, 16, "mixed dat"): "2dcc347a380baa5435eea09f5ba6669f5cb4bf90f3b1bb9d08951fb418ce03e0",
    (2, 256, 16, "mixed dat"): "0ad340ef6adff1559f6a5afeb70ad08cbac1969ac43a3088df0bc2025c2af73a",
    (2, 256, 8, "mixed json"): "d3748de6bde6c159f6053fd0737c2f9073e18e580f0e1063064082ada9582245",
    (2, 1000, 16, "split json"): "2f3024be72e1714adff5803c86cfed0d42b95309737edff484ce562c09c69cf0",
    (6, 64, 16, "mixed dat"): "a35a0439f09043adaf45008a29e80db9045c1c7fa00bff28bc98cfa1fd1ccf4e",
    (6, 4096, 16, "split dat"): "4474aab963f2d8863f6e29fecc2cd5015c4e7973220e64f9979699b578bdbcf9",
    (6, 256, 8, "mixed json"): "d1df0eade147ae5f933e0f8a0679329e6d26cdfbe4f3fcc2a55bbaa7666b5634",
}


@pytest.mark.parametrize(("channels", "zoom", "bits", "form"), BY_AUDIOWAVEFORM)
def test_a_file_is_the_one_audiowaveform_writes(
    channels: int, zoom: int, bits: Bits, form: str
) -> None:
    sound = counted(channels).astype(np.int16)
    split = form.startswith("split")
    builder = PeaksBuilder(44_100, channels if split else 1, zoom, bits=bits)
    builder.add(sound if split else mono_mix(sound))
    peaks = builder.finish()
    written = to_dat(peaks) if form.endswith("dat") else to_json(peaks).encode()

    assert sha256(written).hexdigest() == BY_AUDIOWAVEFORM[channels, zoom, bits, form]


@pytest.mark.parametrize(("channels", "zoom"), [(1, 256), (2, 256), (2, 4096)])
def test_what_the_one_pass_measures_is_audiowaveforms_split_8_bits(
    channels: int, zoom: int
) -> None:
    sound = (counted(channels) / 32_768).astype(np.float32)
    dat = to_dat(measured(sound, 44_100).peaks.zoom(zoom))

    assert sha256(dat).hexdigest() == BY_AUDIOWAVEFORM[channels, zoom, 8, "split dat"]


def test_one_channel_is_written_as_version_1() -> None:
    peaks = Peaks(44_100, 256, np.array([[[-1, 2]], [[-128, 127]]], np.int8))

    assert to_dat(peaks) == bytes.fromhex("01000000 01000000 44ac0000 00010000 02000000 ff02 807f")


def test_two_channels_are_written_as_version_2() -> None:
    peaks = Peaks(48_000, 512, np.array([[[-1, 2], [-3, 4]]], np.int8))

    assert to_dat(peaks) == bytes.fromhex(
        "02000000 01000000 80bb0000 00020000 01000000 02000000 ff02 fd04"
    )


def test_json_is_version_2_on_one_line_without_spaces() -> None:
    peaks = Peaks(48_000, 512, np.array([[[-1, 2]], [[-128, 127]]], np.int8))

    assert to_json(peaks) == (
        '{"version":2,"channels":1,"sample_rate":48000,"samples_per_pixel":512,"bits":8,'
        '"length":2,"data":[-1,2,-128,127]}\n'
    )


def test_json_says_what_the_dat_file_says() -> None:
    peaks = measured(noise(1, 2)).peaks
    told = json.loads(to_json(peaks))

    assert told["data"] == np.frombuffer(to_dat(peaks)[24:], np.int8).tolist()
    assert told["length"] * 2 * told["channels"] == len(told["data"])


def built(channels: int, samples: int, bits: Bits) -> Peaks:
    builder = PeaksBuilder(48_000, channels, 100, bits=bits)
    builder.add(counted(channels, samples).astype(np.int16))
    return builder.finish()


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 2, 24])
@pytest.mark.parametrize("samples", [0, 12_345])
def test_files_are_read_back(channels: int, samples: int, bits: Bits) -> None:
    peaks = built(channels, samples, bits)

    for back in (from_dat(to_dat(peaks)), from_json(to_json(peaks))):
        assert (back.rate, back.samples_per_pixel, back.bits) == (48_000, 100, bits)
        assert back.pixels.dtype == peaks.pixels.dtype
        assert np.array_equal(back.pixels, peaks.pixels)


def test_sixteen_bits_are_little_endian_whatever_the_machine() -> None:
    peaks = Peaks(44_100, 256, np.array([[[-2, 258]]], np.int16))

    assert to_dat(peaks) == bytes.fromhex("01000000 00000000 44ac0000 00010000 01000000 feff 0201")


def test_json_of_version_1_has_one_channel() -> None:
    peaks = from_json(
        '{"version":1,"sample_rate":8000,"samples_per_pixel":2,"bits":16,"length":1,"data":[-9,300]}'
    )

    assert peaks.pixels.tolist() == [[[-9, 300]]]


@pytest.mark.parametrize("write", [to_dat, to_json])
def test_more_channels_than_audiowaveform_reads_are_refused(
    write: Callable[[Peaks], object],
) -> None:
    with pytest.raises(TooManyChannels, match="25 channels"):
        write(built(25, 100, 8))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF" * 5,
        struct.pack("<iIiiI", 2, 1, 48_000, 256, 0),
        struct.pack("<iIiiI", 1, 2, 48_000, 256, 0),
        struct.pack("<iIiiI", 1, 1, 48_000, 0, 0),
        struct.pack("<iIiiI", 1, 1, 48_000, 256, 9),
        struct.pack("<iIiiIi", 2, 1, 48_000, 256, 0, 25),
        struct.pack("<iIiiIi", 2, 1, 48_000, 256, 2**31, 2),
    ],
    ids=["empty", "riff", "no channels", "other flags", "no zoom", "cut", "25 channels", "huge"],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(NotPeaks):
        from_dat(data)


HEAD: dict[str, object] = {
    "version": 2,
    "channels": 1,
    "sample_rate": 8000,
    "samples_per_pixel": 2,
    "bits": 8,
    "length": 1,
    "data": [-1, 1],
}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"version": 3}, "version 3"),
        ({"channels": 25}, "25 channels"),
        ({"channels": True}, "channels"),
        ({"sample_rate": 0}, "0 Hz"),
        ({"sample_rate": 8000.5}, "sample_rate"),
        ({"bits": 12}, "12 bits"),
        ({"length": 2}, "2 numbers for 2 pixels"),
        ({"length": -1}, "-1 pixels"),
        ({"data": [-1, 128]}, "more than 8 bits"),
        ({"data": [-1, 10**30]}, "more than 8 bits"),
        ({"data": [-1, 0.5]}, "whole numbers"),
        ({"data": [[-1], [1]]}, "whole numbers"),
        ({"data": None}, "whole numbers"),
    ],
)
def test_other_json_is_refused_in_words(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(NotPeaks, match=words):
        from_json(json.dumps(HEAD | wrong))


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", "[]", "[" * 100_000, '{"version": NaN}'])
def test_other_texts_are_refused(text: str | bytes) -> None:
    with pytest.raises(NotPeaks):
        from_json(text)
