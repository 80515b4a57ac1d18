"""Files equal audiowaveform's to the byte, and are read back."""

import json
import struct
from hashlib import sha256

import numpy as np
import pytest

from tests.waveform.sounds import measured, noise
from waveform.audiowaveform import NotPeaks, from_dat, to_dat, to_json
from waveform.peaks import Peaks

# Of a 16-bit WAV of `counted` samples, by audiowaveform 1.6.0 with -b 8 --split-channels -z.
BY_AUDIOWAVEFORM = {
    (1, 256): "fd31cae3f3e73aca9bf8282970e0471257f9e423374303398693c12d86012d61",
    (2, 256): "5f6e8e1b3f029d466b5c8c7b448af118a215b9feeea1795afdebc60ab3a7711c",
    (2, 4096): "936f591946fb33732796e2969554b3e95de088c668d58c2f26ee9407e4650005",
}


def counted(channels: int) -> np.ndarray:
    """100,000 samples a channel that need no random generator: i²·31 + i·7919, as 16 bits."""
    i = np.arange(100_000 * channels, dtype=np.int64)
    loudness = 1 + i // 1000 % 50
    integers = ((i * i * 31 + i * 7919) % 65_536 - 32_768) // loudness
    return integers.reshape(-1, channels).T


@pytest.mark.parametrize(("channels", "zoom"), BY_AUDIOWAVEFORM)
def test_a_dat_file_is_the_one_audiowaveform_writes(channels: int, zoom: int) -> None:
    sound = (counted(channels) / 32_768).astype(np.float32)
    dat = to_dat(measured(sound, 44_100).peaks.zoom(zoom))

    assert sha256(dat).hexdigest() == BY_AUDIOWAVEFORM[channels, zoom]


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


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("seconds", [0, 2])
def test_a_dat_file_is_read_back(channels: int, seconds: int) -> None:
    peaks = measured(noise(1, seconds, channels=channels)).peaks
    back = from_dat(to_dat(peaks))

    assert (back.rate, back.samples_per_pixel) == (48_000, 256)
    assert np.array_equal(back.pixels, peaks.pixels)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF" * 5,
        struct.pack("<iIiiI", 2, 1, 48_000, 256, 0),
        struct.pack("<iIiiI", 1, 0, 48_000, 256, 0),
        struct.pack("<iIiiI", 1, 1, 48_000, 0, 0),
        struct.pack("<iIiiI", 1, 1, 48_000, 256, 9),
        struct.pack("<iIiiIi", 2, 1, 48_000, 256, 0, 25),
        struct.pack("<iIiiIi", 2, 1, 48_000, 256, 2**31, 2),
    ],
    ids=["empty", "riff", "no channels", "16 bits", "no zoom", "cut", "25 channels", "huge"],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(NotPeaks):
        from_dat(data)
