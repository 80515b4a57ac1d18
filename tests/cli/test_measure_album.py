"""`houle measure --album --tags`: one gain for all files, and the tags that players read."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.measuring import decoded, ffmpeg, measure, told, written
from tests.waveform import libebur128
from tests.waveform.sounds import RATE, Sound, noise, song, tones


def turned(sound: Sound, gain_db: float) -> Sound:
    return sound * np.float32(10 ** (gain_db / 20))


def files(folder: Path, *sounds: Sound) -> list[Path]:
    return [written(folder / f"{number}.wav", sound) for number, sound in enumerate(sounds, 1)]


def test_an_album_is_as_loud_as_libebur128_reads_it(tmp_path: Path) -> None:
    tracks = [song(1, 21.3), turned(song(2, 9), -34), song(3, 14)]
    rows = told("--album", *files(tmp_path, *tracks))
    album = rows[0]["album"]

    assert [row["album"] for row in rows] == [album] * 3
    assert album["files"] == 3
    assert album["integrated_lufs"] == pytest.approx(libebur128.album(tracks, RATE), abs=0.006)
    assert album["true_peak_dbtp"] == max(row["loudness"]["true_peak_dbtp"] for row in rows)


def test_one_gain_leads_the_album_to_the_target(tmp_path: Path) -> None:
    tracks = [song(1, 10), song(2, 10)]
    rows = told("--album", "--target", -33, *files(tmp_path, *tracks))
    gain = rows[0]["album"]["gain_db"]

    assert rows[0]["album"]["limited_by"] is None
    assert libebur128.album([turned(track, gain) for track in tracks], RATE) == pytest.approx(
        -33, abs=0.006
    )
    assert {row["loudness"]["gain_db"] for row in rows}.isdisjoint({gain})


def test_the_file_whose_peak_limits_the_album_is_named(tmp_path: Path) -> None:
    paths = files(tmp_path, tones((-30, 5)), tones((-30, 5), (-2, 0.02)), tones((-33, 5)))
    album = told("--album", *paths)[0]["album"]
    printed = measure("--album", *paths).stdout

    assert album["limited_by"] == str(paths[1])
    assert album["gain_db"] == pytest.approx(1, abs=0.2)  # from a peak at -2 to one at -1 dBTP
    assert "\nalbum of 3 " in printed
    assert printed.endswith(f"\nThe true peak of {paths[1]} limits the gain of the album.\n")


def test_an_album_is_of_the_files_that_could_be_measured(tmp_path: Path) -> None:
    (song_of_it,) = files(tmp_path, noise(1, 5))
    (tmp_path / "notes.txt").write_text("Dear listener")
    ended = measure("--album", "--json", song_of_it, tmp_path / "notes.txt", song_of_it)
    rows = json.loads(ended.stdout)

    assert ended.exit_code == 1
    assert ended.stderr.count("\n") == 1
    assert "notes.txt: This is a text" in ended.stderr
    assert [row["file"] for row in rows] == [str(song_of_it)] * 2
    assert rows[0]["album"]["files"] == 1
    assert rows[0]["album"]["integrated_lufs"] == rows[0]["loudness"]["integrated_lufs"]


def test_an_album_of_nothing_is_no_album(tmp_path: Path) -> None:
    ended = measure("--album", "--tags", tmp_path / "nowhere.wav")

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr == f"houle: {tmp_path / 'nowhere.wav'}: No such file or directory\n"


def test_silence_has_no_tags_and_leaves_the_album_as_it_is(tmp_path: Path) -> None:
    silent, sounding = told(
        "--album", "--tags", *files(tmp_path, np.zeros((2, RATE), np.float32), noise(1, 5))
    )

    assert list(silent["tags"]) == ["REPLAYGAIN_ALBUM_GAIN", "REPLAYGAIN_ALBUM_PEAK"]
    assert silent["album"]["integrated_lufs"] == sounding["loudness"]["integrated_lufs"]


def test_replaygain_leads_files_and_album_to_minus_18(tmp_path: Path) -> None:
    tracks = [song(1, 9), noise(2, 8)]
    paths = files(tmp_path, *tracks)
    rows = told("--tags", "--album", *paths)
    gains = {
        name: [float(row["tags"][name].removesuffix(" dB")) for row in rows]
        for name in ("REPLAYGAIN_TRACK_GAIN", "REPLAYGAIN_ALBUM_GAIN")
    }

    for track, gain in zip(tracks, gains["REPLAYGAIN_TRACK_GAIN"], strict=True):
        assert libebur128.integrated(turned(track, gain), RATE) == pytest.approx(-18, abs=0.007)
    album = [turned(t, g) for t, g in zip(tracks, gains["REPLAYGAIN_ALBUM_GAIN"], strict=True)]
    assert libebur128.album(album, RATE) == pytest.approx(-18, abs=0.007)
    assert f"\n  REPLAYGAIN_ALBUM_GAIN={rows[1]['tags']['REPLAYGAIN_ALBUM_GAIN']}\n" in (
        measure("--tags", "--album", *paths).stdout
    )


def test_a_peak_is_linear_and_an_album_is_tagged_only_on_request(tmp_path: Path) -> None:
    (row,) = told("--tags", *files(tmp_path, tones((-6.0206, 5))))

    assert list(row["tags"]) == ["REPLAYGAIN_TRACK_GAIN", "REPLAYGAIN_TRACK_PEAK"]
    assert float(row["tags"]["REPLAYGAIN_TRACK_PEAK"]) == pytest.approx(0.5, abs=0.005)


def test_opus_has_its_own_tags_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "song.opus"
    ffmpeg("-i", *files(tmp_path, song(1, 9)), "-c:a", "libopus", "-b:a", "96k", path)
    (row,) = told("--tags", path)

    assert list(row["tags"]) == ["R128_TRACK_GAIN"]
    assert int(row["tags"]["R128_TRACK_GAIN"]) / 256 == pytest.approx(
        -23 - libebur128.integrated(decoded(path), RATE), abs=0.02
    )


def test_the_gain_in_the_header_of_opus_is_taken_into_account(tmp_path: Path) -> None:
    path = tmp_path / "song.opus"
    ffmpeg("-i", *files(tmp_path, noise(1, 5)), "-c:a", "libopus", "-b:a", "96k", path)
    (tmp_path / "louder.opus").write_bytes(with_output_gain(path.read_bytes(), 1536))
    plain, louder = (int(row["tags"]["R128_TRACK_GAIN"]) for row in tags_of(tmp_path))

    assert plain - louder == pytest.approx(1536, abs=2)  # 6 dB


def tags_of(folder: Path) -> list[dict[str, dict[str, str]]]:
    return told("--tags", folder / "song.opus", folder / "louder.opus")


def with_output_gain(ogg: bytes, gain: int) -> bytes:
    """Set it, in 256ths of a decibel, in the one header of the first page (RFC 7845, 5.1)."""
    size = 27 + ogg[26] + sum(ogg[27 : 27 + ogg[26]])
    page = bytearray(ogg[:size])
    header = page.index(b"OpusHead")
    page[header + 16 : header + 18] = gain.to_bytes(2, "little", signed=True)
    page[22:26] = bytes(4)
    page[22:26] = checksum(page).to_bytes(4, "little")
    return bytes(page) + ogg[size:]


def checksum(page: bytes | bytearray) -> int:
    """Return that of an Ogg page (RFC 3533, 6)."""
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x104C11DB7 if register & 0x80000000 else 0)
    return register
