"""`houle measure --findings`: the figures are ffmpeg's, and each fault is a sentence."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.cli.measuring import ffmpeg, measure, told
from tests.waveform.sounds import RATE, song

Samples = NDArray[np.int16]  # (samples, channels)


def music(seconds: float = 6) -> Samples:
    """Reach half of full scale."""
    sound = song(3, seconds)
    samples: Samples = np.rint(sound.T * (16_384 / abs(sound).max())).astype(np.int16)
    return samples


def written(path: Path, *parts: Samples) -> Path:
    soundfile.write(path, np.concatenate(parts), RATE, subtype="PCM_16")
    return path


def findings(path: Path) -> dict[str, Any]:
    (row,) = told("--findings", path)
    return row


def read(pattern: str, said: str) -> list[float]:
    return [float(value) for value in re.findall(pattern, said)]


def test_silence_is_told_where_ffmpeg_hears_it(tmp_path: Path) -> None:
    quiet = np.zeros((5 * RATE // 4, 2), np.int16)
    path = written(tmp_path / "a.flac", quiet, music(), quiet[: 3 * RATE // 4], music(), quiet)
    graph = "silencedetect=noise=-60dB:duration=0.5"
    theirs = read(r"silence_duration: (\S+)", ffmpeg("-i", path, "-af", graph, "-f", "null", "-"))

    verdicts = {verdict["code"]: verdict for verdict in findings(path)["verdicts"]}
    ours = [verdicts[code]["samples"] for code in ("leading_silence", "gaps", "trailing_silence")]

    assert [samples / RATE for samples in ours] == pytest.approx(theirs, abs=0.011)
    assert measure("--findings", path).stdout.endswith(
        f"\n\n{path}\n"
        "  It begins with 1.25 s of silence.\n"
        "  It ends with 1.25 s of silence.\n"
        "  It falls silent once, for 0.75 s in all.\n"
        "  It holds all audible frequencies.\n"
    )


def test_channels_and_bits_are_as_ffmpegs_astats_reads_them(tmp_path: Path) -> None:
    samples = music().astype(np.int32) << 16
    samples[:, 1] += 1500 << 16
    path = tmp_path / "wide.flac"
    soundfile.write(path, samples, RATE, subtype="PCM_24")
    said = ffmpeg("-i", path, "-af", "astats", "-f", "null", "-")

    row = findings(path)
    channels = row["findings"]["channels"]["channels"]

    assert row["findings"]["bits"] == 24
    assert row["findings"]["used_bits"] == read(r"Bit depth: (\d+)/", said)[0] == 16
    for index, channel in enumerate(channels):
        offset, rms, peak = (
            read(rf"{name}: (\S+)", said)[index]
            for name in ("DC offset", "RMS level dB", "Peak level dB")
        )
        assert channel["offset"] == pytest.approx(offset, abs=2e-6)
        assert 20 * np.log10(channel["rms"]) == pytest.approx(rms, abs=1e-3)
        assert 20 * np.log10(channel["peak"]) == pytest.approx(peak, abs=1e-3)
    codes = {verdict["code"]: verdict for verdict in row["verdicts"]}
    assert codes["offset"]["channel"] == 1
    assert codes["offset"]["sentence"].startswith("Channel 2 is off its middle line by 4.")
    assert codes["unused_bits"]["sentence"] == "Of its 24 bits only 16 are used."


def test_clipping_is_told_with_its_place(tmp_path: Path) -> None:
    samples = music()
    samples[3 * RATE : 3 * RATE + 5, 1] = 32_767
    samples[4 * RATE : 4 * RATE + 3, 1] = -32_768

    assert findings(written(tmp_path / "hot.wav", samples))["verdicts"][0] == {
        "code": "clipped",
        "runs": 2,
        "samples": 8,
        "longest": 5,
        "first": 3 * RATE,
        "rate": RATE,
        "sentence": "It is clipped 2 times, for up to 5 samples; first at 3.000 s.",
    }


def test_a_lossless_file_is_told_that_was_made_of_a_lossy_one(tmp_path: Path) -> None:
    source = written(tmp_path / "song.wav", music(8))
    ffmpeg("-i", source, "-b:a", "128k", tmp_path / "song.mp3")
    ffmpeg("-i", tmp_path / "song.mp3", "-sample_fmt", "s16", tmp_path / "back.flac")

    lossy, lossless = (findings(tmp_path / name) for name in ("song.mp3", "back.flac"))

    assert lossy["verdicts"][-1]["code"] == "limited_bandwidth"
    assert lossless["verdicts"][-1]["code"] == "probably_lossy"
    assert lossless["verdicts"][-1]["confidence"] == "high"
    assert lossless["verdicts"][-1]["sentence"].endswith("it was made from a lossy file.")


def test_equal_samples_have_the_documented_hash_in_any_container(tmp_path: Path) -> None:
    samples = music(2)
    paths = [written(tmp_path / f"same.{form}", samples) for form in ("wav", "flac", "aiff")]
    paths.append(tmp_path / "same.m4a")
    ffmpeg("-i", paths[0], "-c:a", "alac", paths[-1])
    other = samples.copy()
    other[RATE, 0] += 1
    paths.append(written(tmp_path / "other.flac", other))

    rows = told("--findings", *paths)

    expected = sha256(b"houle-pcm-1 48000 2 16\n" + samples.astype("<i2").tobytes()).hexdigest()
    assert [row["pcm_hash"] for row in rows[:-1]] == [expected] * 4
    assert rows[-1]["pcm_hash"] not in {expected, None}


def test_floats_are_hashed_as_they_are(tmp_path: Path) -> None:
    samples = song(3, 2).T
    path = tmp_path / "floats.wav"
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    row = findings(path)

    expected = sha256(b"houle-pcm-1 48000 2 float\n" + samples.astype("<f4").tobytes()).hexdigest()
    assert row["pcm_hash"] == expected
    assert row["findings"]["bits"] is None


@pytest.mark.parametrize(("channels", "subtype"), [(6, "PCM_16"), (2, "PCM_32"), (2, "DOUBLE")])
def test_what_is_folded_or_rounded_before_it_is_heard_has_no_hash(
    channels: int, subtype: str, tmp_path: Path
) -> None:
    path = tmp_path / "wide.wav"
    soundfile.write(path, np.tile(music(2)[:, :1], (1, channels)), RATE, subtype=subtype)
    row = findings(path)

    assert row["pcm_hash"] is None
    assert len(row["findings"]["channels"]["channels"]) == 2


def test_a_file_that_was_cut_is_told(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole.flac", music())
    (tmp_path / "cut.flac").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    rows = told("--findings", whole, tmp_path / "cut.flac")

    assert rows[0]["notes"] == []
    assert any("The file ends early, after " in note for note in rows[1]["notes"])
    assert "\n  The file ends early, after " in measure("--findings", tmp_path / "cut.flac").stdout


def test_nothing_is_told_that_was_not_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "song.flac", music(2))
    (plain,), (asked,) = told(path), told("--findings", path)

    assert list(plain) == ["file", "loudness"]
    assert list(plain["loudness"]) == [
        *("integrated_lufs", "range_lu", "true_peak_dbtp"),
        *("momentary_max_lufs", "short_term_max_lufs", "gain_db"),
    ]
    assert asked["loudness"] == plain["loudness"]
    assert "hash" not in asked["findings"]
    assert "audible" not in measure(path).stdout
