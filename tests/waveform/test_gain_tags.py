"""Players that know ReplayGain or R128 tags are told what ours measured."""

import re
import subprocess
from pathlib import Path

import pytest

from waveform.album import AlbumLoudness
from waveform.gain_tags import r128, replaygain


def levels(integrated: float | None, peak: float | None) -> AlbumLoudness:
    return AlbumLoudness(integrated_lufs=integrated, true_peak_dbtp=peak, peak_track=None)


def test_replaygain_brings_a_track_to_minus_18() -> None:
    assert replaygain(levels(-11.456, -0.5), levels(-12.0, 0.3)) == {
        "REPLAYGAIN_TRACK_GAIN": "-6.54 dB",
        "REPLAYGAIN_TRACK_PEAK": "0.944061",
        "REPLAYGAIN_ALBUM_GAIN": "-6.00 dB",
        "REPLAYGAIN_ALBUM_PEAK": "1.035142",
    }


def test_r128_brings_a_track_to_minus_23_in_256ths_of_a_decibel() -> None:
    assert r128(levels(-23.0, -1.0)) == {"R128_TRACK_GAIN": "0"}
    assert r128(levels(-11.5, -1.0), levels(-25.0, -1.0)) == {
        "R128_TRACK_GAIN": "-2944",
        "R128_ALBUM_GAIN": "512",
    }


@pytest.mark.parametrize("integrated", [-40.0, -23.004, -18.001, -17.999, -6.3, 3.0])
def test_both_ask_for_the_same_but_for_their_references(integrated: float) -> None:
    ours = levels(integrated, -1.0)
    replay = float(replaygain(ours)["REPLAYGAIN_TRACK_GAIN"].removesuffix(" dB"))

    assert replay - int(r128(ours)["R128_TRACK_GAIN"]) / 256 == pytest.approx(5, abs=0.01)


def test_no_gain_is_written_without_a_sign() -> None:
    assert replaygain(levels(-17.9999, None)) == {"REPLAYGAIN_TRACK_GAIN": "0.00 dB"}


def test_what_has_no_figure_has_no_tag() -> None:
    assert replaygain(levels(None, None), levels(None, None)) == {}
    assert r128(levels(None, -3.0)) == {}
    assert replaygain(levels(None, -6.0206)) == {"REPLAYGAIN_TRACK_PEAK": "0.500000"}


def test_an_absurd_gain_stays_in_its_sixteen_bits() -> None:
    assert r128(levels(130.0, 120.0)) == {"R128_TRACK_GAIN": "-32768"}


def test_ffmpeg_reads_the_tags_of_a_flac_file(tmp_path: Path) -> None:
    tags = replaygain(levels(-11.456, -0.5), levels(-12.0, 0.3))
    written = [word for name, value in tags.items() for word in ("-metadata", f"{name}={value}")]
    path = tmp_path / "tagged.flac"
    silence = ["-f", "lavfi", "-i", "anullsrc", "-t", "0.1"]
    subprocess.run(["ffmpeg", "-v", "error", *silence, *written, path], check=True)
    # Without an output it ends with an error, but tells first what it has found.
    told = subprocess.run(["ffmpeg", "-i", path], capture_output=True, text=True, check=False)
    (line,) = re.findall(r"replaygain: (.*)", told.stderr)
    gain, peak, album_gain, album_peak = map(float, re.findall(r" - (-?[0-9.]+)", line))

    assert (gain, album_gain) == (-6.54, -6)
    # It keeps a peak in hundred thousandths, and prints it in parts of 2^32 with few digits.
    assert [peak * 2**32 / 1e5, album_peak * 2**32 / 1e5] == pytest.approx([0.944, 1.035], abs=0.03)
