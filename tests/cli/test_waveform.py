"""`houle waveform`: what it writes where, and that it refuses in words."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner, Result

from cli.main import app
from tests.waveform.counted import counted
from waveform.analysis import Analysis
from waveform.audiowaveform import from_dat, to_dat

ROOT = Path(__file__).parents[2]
RATE = 44_100


def houle(*arguments: str | int | Path) -> Result:
    return CliRunner().invoke(app, ["waveform", *map(str, arguments)])


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "colon: song.flac"
    soundfile.write(path, counted(2).T.astype(np.int16), RATE)
    return path


def test_the_stored_form_of_the_server_can_be_written(song: Path, tmp_path: Path) -> None:
    analysis = Analysis(RATE, 2)
    analysis.feed((counted(2) / 32_768).astype(np.float32))

    told = houle(song, "-o", tmp_path / "song.dat", "--split", "--bits", 8)

    assert told.exit_code == 0, told.output
    assert (tmp_path / "song.dat").read_bytes() == to_dat(analysis.finish().peaks)


def test_standard_output_gets_the_waveform_and_nothing_else(song: Path, tmp_path: Path) -> None:
    houle(song, "-o", tmp_path / "song.json")
    command = [sys.executable, "-m", "cli.main", "waveform", str(song), "-o", "-"]
    told = subprocess.run(
        [*command, "--format", "json"], cwd=ROOT, capture_output=True, check=True, timeout=60
    )

    assert told.stdout == (tmp_path / "song.json").read_bytes()
    assert not told.stderr


@pytest.mark.parametrize("width", [1, 99, 100, 1000, 50_000])
def test_data_is_at_most_as_wide_as_was_asked_for(width: int, song: Path, tmp_path: Path) -> None:
    houle(song, "-o", tmp_path / "song.json", "--width", width)

    told = json.loads((tmp_path / "song.json").read_text())

    assert width / 2 < told["length"] <= width
    assert told["length"] == -(-100_000 // told["samples_per_pixel"])


@pytest.mark.parametrize("form", ["png", "svg"])
@pytest.mark.parametrize("split", [(), ("--split",)])
def test_a_picture_has_the_size_and_the_colours_asked_for(
    form: str, split: tuple[str, ...], song: Path, tmp_path: Path
) -> None:
    size = ("--width", 321, "--height", 77)
    pictures = []
    for colours in (("--colours", "light"), ("--colours", "dark"), ("--wave", "#ff8800")):
        told = houle(song, "-o", tmp_path / f"song.{form}", *size, *split, *colours)
        assert told.exit_code == 0, told.output
        pictures.append((tmp_path / f"song.{form}").read_bytes())

    assert len(set(pictures)) == 3
    if form == "png":
        assert struct.unpack(">II", pictures[0][16:24]) == (321, 77)
    else:
        assert b'viewBox="0 0 321 77"' in pictures[0]
        assert b"#ff8800" in pictures[2]


def test_a_short_sound_is_drawn_in_every_column(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "rise.wav", np.linspace(-0.9, 0.9, 4000), 8_000)

    houle(tmp_path / "rise.wav", "-o", tmp_path / "rise.svg", "--width", 1000, "--height", 1000)

    assert (tmp_path / "rise.svg").read_text().count(
        "h-"
    ) > 200  # steps: 256 heights there are, and not 16 blocks


def test_a_picture_can_be_drawn_of_a_stored_waveform(song: Path, tmp_path: Path) -> None:
    for form in ("dat", "json"):
        houle(song, "-o", tmp_path / f"stored.{form}", "-z", 83)
        houle(tmp_path / f"stored.{form}", "-o", tmp_path / f"{form}.svg")
    houle(song, "-o", tmp_path / "heard.svg")  # 100,000 samples, 1200 columns: 83 a pixel

    assert (tmp_path / "dat.svg").read_text() == (tmp_path / "json.svg").read_text()
    assert (tmp_path / "dat.svg").read_text() == (tmp_path / "heard.svg").read_text()


@pytest.mark.parametrize("form", ["mp3", "m4a", "aiff"])
def test_other_files_are_decoded_as_ffmpeg_does(form: str, song: Path, tmp_path: Path) -> None:
    source = tmp_path / f"song.{form}"
    ffmpeg = ["ffmpeg", "-v", "error", "-i"]
    subprocess.run([*ffmpeg, f"file:{song}", str(source)], check=True)
    raw = subprocess.run(
        [*ffmpeg, str(source), "-f", "s16le", "-"], check=True, capture_output=True
    ).stdout
    heard = np.frombuffer(raw, "<i2").reshape(-1, 2)[:99_840].reshape(-1, 256, 2)

    houle(source, "-o", tmp_path / "song.dat", "--split")
    peaks = from_dat((tmp_path / "song.dat").read_bytes())

    assert (peaks.rate, peaks.channels) == (RATE, 2)
    assert peaks.length in range(391, 402)
    highs = peaks.pixels[:390, :, 1].astype(int) - heard.max(axis=1)
    assert abs(highs).max() <= (0 if form == "aiff" else 40)  # ffmpeg dithers and rounds


def test_bits_become_fewer_and_never_more(song: Path, tmp_path: Path) -> None:
    houle(song, "-o", tmp_path / "sixteen.dat")
    houle(song, "-o", tmp_path / "eight.dat", "-b", 8)

    houle(tmp_path / "sixteen.dat", "-o", tmp_path / "narrowed.dat", "-b", 8)
    refused = houle(tmp_path / "eight.dat", "-o", tmp_path / "wide.dat", "-b", 16)

    assert (tmp_path / "narrowed.dat").read_bytes() == (tmp_path / "eight.dat").read_bytes()
    assert refused.exit_code == 1
    assert "8 bits, which cannot become 16" in refused.stderr


MISUSES = {
    ("-o", "out.txt"): "--format dat, json, png, svg",
    ("-o", "-"): "--format dat, json, png, svg",
    ("-o", "out.dat", "--bits", 12): "8 or 16 bits, not 12",
    ("-o", "out.dat", "--zoom", 2, "--width", 9): "exclude each other",
    ("-o", "out.dat", "--zoom", 2, "--zoom", 4): "{zoom} in the name",
    ("-o", "out.png", "--zoom", 2): "whole sound",
    ("-o", "out.png", "--width", 20_000): "at most 16384 pixels wide",
    ("-o", "out.svg", "--wave", "red"): "red is no colour",
}


@pytest.mark.parametrize("misuse", MISUSES, ids=lambda misuse: " ".join(map(str, misuse)))
def test_a_misuse_is_told_before_anything_is_heard(misuse: tuple[str | int, ...]) -> None:
    told = houle("nowhere.wav", *misuse)

    assert told.exit_code == 2
    assert MISUSES[misuse] in " ".join(told.stderr.replace("│", " ").split())


REFUSALS = {
    ("letter.mp3", "-o", "out.dat"): "letter.mp3: This is a text",
    ("nowhere.wav", "-o", "out.dat"): "nowhere.wav: No such file",
    ("letter.dat", "-o", "out.png"): "letter.dat: it says version",
    ("letter.json", "-o", "out.png"): "letter.json: it is no JSON",
    ("empty.wav", "-o", "out.dat"): "There is not a single sample",
    (
        "colon: song.flac",
        "-o",
        "out.dat",
        "-z",
        1,
    ): "1 samples per pixel; 2 to 2147483647",
    ("colon: song.flac", "-o", "out.dat", "--pixels-per-second", 44_100): "1 samples per pixel",
    ("colon: song.flac", "-o", "away/out.dat"): "away/out.dat: No such file",
    ("coarse.dat", "-o", "out.dat", "-z", 128): "128 samples per pixel; measured were 256",
    ("coarse.dat", "-o", "out.dat", "-z", 2**31): "2147483648 samples per pixel; 2 to",
}


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: " ".join(map(str, case)))
def test_a_refusal_is_one_line_and_leaves_what_was_there(
    case: tuple[str | int, ...], song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(song.parent)
    for name in ("letter.mp3", "letter.dat", "letter.json"):
        Path(name).write_text("Dear listener, this is a letter.")
    soundfile.write("empty.wav", np.zeros((0, 2)), RATE)
    houle(song, "-o", "coarse.dat")
    Path("out.dat").write_bytes(b"what was there")
    before = sorted(Path.cwd().iterdir())

    told = houle(*case)

    assert told.exit_code == 1
    assert told.stderr.startswith("houle: ")
    assert REFUSALS[case] in told.stderr
    assert told.stderr.count("\n") == 1
    assert Path("out.dat").read_bytes() == b"what was there"
    assert sorted(Path.cwd().iterdir()) == before


def test_a_link_to_the_output_stays_one(song: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out.dat").symlink_to(tmp_path / "elsewhere" / "song.dat")

    assert houle(song, "-o", tmp_path / "out.dat").exit_code == 0

    assert (tmp_path / "out.dat").is_symlink()
    assert from_dat((tmp_path / "elsewhere" / "song.dat").read_bytes()).length == 391


def test_a_damaged_file_is_drawn_as_far_as_it_goes(song: Path, tmp_path: Path) -> None:
    whole = song.read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])

    houle(song, "-o", tmp_path / "whole.dat", "--split")
    told = houle(tmp_path / "cut.flac", "-o", tmp_path / "cut.dat", "--split")

    assert told.exit_code == 0, told.output
    cut, full = (from_dat((tmp_path / f"{name}.dat").read_bytes()) for name in ("cut", "whole"))
    assert 100 < cut.length < 391
    assert np.array_equal(cut.pixels[:-1], full.pixels[: cut.length - 1])
