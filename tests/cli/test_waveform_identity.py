"""`houle waveform` writes, byte for byte, what audiowaveform writes of the same file."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from typer.testing import CliRunner

from cli.main import app
from tests.waveform.by_audiowaveform import audiowaveform
from tests.waveform.counted import counted_32
from waveform.audiowaveform import from_dat

Options = tuple[str | int, ...]


class Sound(NamedTuple):
    """A file to be made: its form, and what is in it."""

    container: str
    subtype: str
    channels: int
    rate: int = 44_100
    samples: int = 5_013
    kind: str = "counted"

    @property
    def suffix(self) -> str:
        return "flac" if self.container == "FLAC" else "wav"


SUBTYPES = {
    "WAV": ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"),
    "WAVEX": ("PCM_24",),
    "RF64": ("PCM_16",),
    "FLAC": ("PCM_S8", "PCM_16", "PCM_24"),
}
SOUNDS = (
    *(
        Sound(container, subtype, channels)
        for container, subtypes in SUBTYPES.items()
        for subtype in subtypes
        for channels in (1, 2, 6)
    ),
    *(Sound("WAV", "PCM_16", 2, rate) for rate in (8_000, 11_025, 22_050, 48_000, 96_000)),
    *(Sound("FLAC", "PCM_24", 2, rate) for rate in (32_000, 88_200, 192_000)),
    *(Sound("WAV", "PCM_16", 1, 8_000, samples) for samples in (1, 2, 3, 255, 256, 257)),
    *(Sound("FLAC", "PCM_16", 2, 48_000, samples) for samples in (1, 999, 1000, 1001)),
    *(Sound("WAV", subtype, 2, kind="silent") for subtype in ("PCM_16", "FLOAT")),
    *(Sound("WAV", subtype, 2, kind="clipped") for subtype in ("PCM_16", "PCM_24", "FLOAT")),
    Sound("WAV", "PCM_16", 24),
    Sound("WAV", "PCM_16", 2, 44_100, 200_003),  # more than a block is
)
# audiowaveform's name of an option, and ours
ZOOMS: tuple[tuple[Options, Options], ...] = (
    (("-z", 2), ("--zoom", 2)),
    (("-z", 64), ("-z", 64)),
    ((), ()),
    (("-z", 1000), ("--zoom", 1000)),
    (("--pixels-per-second", 100), ("--pixels-per-second", 100)),
    (("--pixels-per-second", 7), ("--pixels-per-second", 7)),
)
SHAPES: tuple[tuple[str, Options, Options], ...] = (
    ("dat", (), ()),
    ("json", ("-b", 8), ("-b", 8)),
    ("json", ("--split-channels",), ("--split",)),
    ("dat", ("-b", 8, "--split-channels"), ("--bits", 8, "--split")),
)


def samples_of(sound: Sound) -> NDArray[np.int32]:
    counted = counted_32(sound.channels, sound.samples)
    match sound.kind:
        case "silent":
            return np.zeros_like(counted)
        case "clipped":
            return np.where(counted >= 0, np.int32(2**31 - 1), np.int32(-(2**31)))
        case _:
            return counted


def made(sound: Sound, folder: Path) -> Path:
    """Write the file; floats are dyadic fractions, so that no library rounds."""
    path = folder / f"{sound.container} {sound.subtype}.{sound.suffix}"
    samples: NDArray[np.generic] = samples_of(sound)
    if sound.subtype == "FLOAT":
        samples = ((samples_of(sound) >> 8) / 2**23).astype(np.float32)
    if sound.subtype == "DOUBLE":
        samples = samples_of(sound) / 2**31
    soundfile.write(path, samples, sound.rate, subtype=sound.subtype, format=sound.container)
    return path


def houle(*arguments: str | int | Path) -> None:
    told = CliRunner().invoke(app, ["waveform", *map(str, arguments)], catch_exceptions=False)
    assert told.exit_code == 0, told.output


def written(source: Path, folder: Path, zooms: Iterator[tuple[Options, Options]]) -> Iterator[str]:
    """Yield the names of forms in which the two differ."""
    for form, their_shape, our_shape in SHAPES:
        their_zoom, our_zoom = next(zooms)
        theirs = audiowaveform(source, folder / f"theirs.{form}", *their_shape, *their_zoom)
        houle(source, "-o", folder / f"ours.{form}", *our_shape, *our_zoom)
        if (folder / f"ours.{form}").read_bytes() != theirs:
            yield f"{form} {our_shape} {our_zoom}"


@pytest.mark.parametrize("sound", SOUNDS, ids=lambda sound: " ".join(map(str, sound)))
def test_a_waveform_is_audiowaveforms_to_the_byte(sound: Sound, tmp_path: Path) -> None:
    first = SOUNDS.index(sound)
    zooms = cycle(ZOOMS[first % len(ZOOMS) :] + ZOOMS[: first % len(ZOOMS)])

    assert not list(written(made(sound, tmp_path), tmp_path, zooms))


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_every_zoom_is_audiowaveforms_in_every_form(subtype: str, tmp_path: Path) -> None:
    source = made(Sound("WAV", subtype, 2), tmp_path)

    for zoom in ZOOMS:
        assert not list(written(source, tmp_path, cycle([zoom])))


def test_several_zooms_of_one_pass_are_audiowaveforms(tmp_path: Path) -> None:
    source = made(Sound("FLAC", "PCM_24", 2, samples=70_001), tmp_path)
    zooms = (2, 3, 64, 128, 256, 1000, 4096, 8192)
    wanted = [option for zoom in zooms for option in ("--zoom", zoom)]

    houle(source, "-o", tmp_path / "ours-{zoom}.dat", "--split", *wanted)

    for zoom in zooms:
        theirs = audiowaveform(source, tmp_path / "a.dat", "--split-channels", "-z", zoom)
        assert (tmp_path / f"ours-{zoom}.dat").read_bytes() == theirs, zoom


@pytest.mark.parametrize("shape", [(), ("-b", 8), ("--split-channels",)])
def test_a_dat_file_becomes_the_json_that_audiowaveform_makes_of_it(
    shape: Options, tmp_path: Path
) -> None:
    source = made(Sound("WAV", "PCM_16", 2), tmp_path)
    audiowaveform(source, tmp_path / "stored.dat", *shape)

    theirs = audiowaveform(tmp_path / "stored.dat", tmp_path / "theirs.json")
    houle(tmp_path / "stored.dat", "-o", tmp_path / "ours.json")

    assert (tmp_path / "ours.json").read_bytes() == theirs


def test_a_stored_waveform_is_made_coarser_as_audiowaveform_does(tmp_path: Path) -> None:
    source = made(Sound("WAV", "PCM_16", 2, samples=50_000), tmp_path)
    audiowaveform(source, tmp_path / "stored.dat", "-z", 100)

    theirs = audiowaveform(tmp_path / "stored.dat", tmp_path / "theirs.dat", "-z", 800)
    houle(tmp_path / "stored.dat", "-o", tmp_path / "ours.dat", "-z", 800)

    assert (tmp_path / "ours.dat").read_bytes() == theirs


def test_above_full_scale_ours_is_clipped_where_audiowaveforms_wraps_around(
    tmp_path: Path,
) -> None:
    source = tmp_path / "loud.wav"
    soundfile.write(source, np.array([1.5, -1.5, 1.0, -1.0]), 8_000, subtype="FLOAT")

    theirs = from_dat(audiowaveform(source, tmp_path / "theirs.dat", "-z", 2))
    houle(source, "-o", tmp_path / "ours.dat", "-z", 2)
    ours = from_dat((tmp_path / "ours.dat").read_bytes())

    assert ours.pixels[:, 0].tolist() == [[-32_768, 32_767], [-32_767, 32_767]]
    assert theirs.pixels[1].tolist() == ours.pixels[1].tolist()
    assert abs(theirs.pixels[0]).max() < 20_000
