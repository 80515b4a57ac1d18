"""`houle waveform`: the waveform of a file, for players and as a picture, without a server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli import refusals

if TYPE_CHECKING:
    from waveform.peaks import Bits, Peaks
    from waveform.picture import Colours

Form = Literal["dat", "json", "png", "svg"]
_PICTURES = {"png", "svg"}
_FORMS: tuple[Form, ...] = ("dat", "json", "png", "svg")
_ZOOM = 256  # samples a pixel, unless another zoom is asked for; audiowaveform's, too
_WIDTH, _HEIGHT = 1200, 200  # of a picture
_WIDEST, _HIGHEST = 16_384, 4096  # pictures, so that one is drawn in some 200 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for; at most one of zooms, pixels_per_second and width, for data."""

    form: Form
    bits: Bits | None
    split: bool
    zooms: list[int]
    pixels_per_second: int | None
    width: int | None
    height: int
    colours: Colours


def waveform(
    file: Annotated[Path, typer.Argument(help="A sound file, or a waveform's .dat or .json.")],
    output: Annotated[str, typer.Option("--output", "-o", help="FILE.dat, .json, .png, .svg or -")],
    *,
    form: Annotated[Form | None, typer.Option("--format", help="Where the name has none.")] = None,
    bits: Annotated[int | None, typer.Option("--bits", "-b", help="8 or 16, the default.")] = None,
    split: Annotated[bool, typer.Option("--split", help="Channels apart, not mixed.")] = False,
    zoom: Annotated[
        list[int] | None, typer.Option("--zoom", "-z", help="Samples per pixel; 256. May be many.")
    ] = None,
    pixels_per_second: Annotated[int | None, typer.Option(min=1)] = None,
    width: Annotated[int | None, typer.Option("--width", "-w", min=1, max=1_000_000)] = None,
    height: Annotated[int, typer.Option("--height", min=1, max=_HIGHEST)] = _HEIGHT,
    colours: Annotated[Literal["light", "dark"], typer.Option(help="Of a picture.")] = "light",
    wave: Annotated[str | None, typer.Option(help="A colour such as #0b6e8f.")] = None,
    paper: Annotated[str | None, typer.Option(help="The colour behind the wave.")] = None,
) -> None:
    """Write the waveform of a sound file as audiowaveform does, or draw it; no server is needed.

    With several --zoom, {zoom} in the name of the output stands for each.
    """
    from waveform.picture import NoColour
    from waveform.picture import colours as pair

    try:
        chosen = pair(colours, wave, paper)
    except NoColour as error:
        raise typer.BadParameter(str(error)) from None
    wanted = Wanted(
        form=_form(output, form),
        bits=_bits(bits),
        split=split,
        zooms=zoom or [],
        pixels_per_second=pixels_per_second,
        width=width,
        height=height,
        colours=chosen,
    )
    _check(wanted, output)
    with _said(str(file)):
        made = [(peaks, _rendered(peaks, wanted)) for peaks in _peaks(file, wanted)]
    with _said(output):
        for peaks, data in made:
            _write(output.replace("{zoom}", str(peaks.samples_per_pixel)), data)


def _form(output: str, form: Form | None) -> Form:
    named = Path(output).suffix.removeprefix(".").lower()
    for known in _FORMS:
        if known == (form or named):
            return known
    raise typer.BadParameter(f"{output} names no form: give --format {', '.join(_FORMS)}.")


def _bits(bits: int | None) -> Bits | None:
    match bits:
        case None | 8 | 16:
            return bits
        case _:
            raise typer.BadParameter(f"A waveform has 8 or 16 bits, not {bits}.")


def _check(wanted: Wanted, output: str) -> None:
    ways = bool(wanted.zooms) + bool(wanted.pixels_per_second) + bool(wanted.width)
    if ways > 1:
        raise typer.BadParameter("--zoom, --pixels-per-second and --width exclude each other.")
    if wanted.form in _PICTURES and ways and not wanted.width:
        raise typer.BadParameter("A picture shows the whole sound: give it a --width.")
    if wanted.form in _PICTURES and (wanted.width or 0) > _WIDEST:
        raise typer.BadParameter(f"A picture is at most {_WIDEST} pixels wide.")
    if len(set(wanted.zooms)) > 1 and "{zoom}" not in output:
        raise typer.BadParameter("Several zooms need {zoom} in the name of the output.")


@contextmanager
def _said(name: str) -> Iterator[None]:
    from transcoder.errors import MediaError
    from waveform.audiowaveform import NotPeaks, TooManyChannels
    from waveform.peaks import FinerThanMeasured, NoZoom

    try:
        yield
    except (MediaError, OSError, NotPeaks, TooManyChannels, FinerThanMeasured, NoZoom) as error:
        typer.echo(f"houle: {name}: {refusals.words(error)}", err=True)
        raise typer.Exit(1) from None


def _peaks(file: Path, wanted: Wanted) -> list[Peaks]:
    from waveform.audiowaveform import from_dat, from_json

    match file.suffix.lower():
        case ".dat":
            return _zoomed(from_dat(file.read_bytes()), wanted)
        case ".json":
            return _zoomed(from_json(file.read_bytes()), wanted)
        case _:
            return _measured(file, wanted)


def _zoomed(peaks: Peaks, wanted: Wanted) -> list[Peaks]:
    """Return stored peaks as coarse as they were asked for; their bits become fewer, never more."""
    from waveform.audiowaveform import NotPeaks

    if wanted.bits == 16 and peaks.bits == 8:
        raise NotPeaks("it has 8 bits, which cannot become 16")
    peaks = peaks.narrowed() if wanted.bits == 8 else peaks
    if wanted.zooms or wanted.pixels_per_second:
        zoomed = [peaks.zoom(zoom) for zoom in _zooms(peaks.rate, None, wanted)]
    else:
        zoomed = [peaks]
    return [_no_wider(each, wanted) for each in zoomed]


def _measured(file: Path, wanted: Wanted) -> list[Peaks]:
    from transcoder.sixteen_bits import listen
    from waveform.sixteen_bits import mono_mix
    from waveform.zooms import ZoomsBuilder

    sound = listen(file)
    zooms = _zooms(sound.rate, sound.samples, wanted)
    channels = sound.channels if wanted.split else 1
    builder = ZoomsBuilder(sound.rate, channels, zooms, bits=wanted.bits or 16)
    for block in sound.blocks:
        builder.add(block if wanted.split else mono_mix(block))
    return [_no_wider(peaks, wanted) for peaks in builder.finish().values()]


def _zooms(rate: int, samples: int | None, wanted: Wanted) -> list[int]:
    if wanted.zooms:
        return wanted.zooms
    if wanted.pixels_per_second:
        return [rate // wanted.pixels_per_second]
    if samples is None:  # to be known when all was heard
        return [_ZOOM]
    if wanted.form in _PICTURES:  # a short sound is measured finer, so that no column is repeated
        return [max(2, min(_ZOOM, samples // (wanted.width or _WIDTH)))]
    return [max(2, -(-samples // wanted.width)) if wanted.width else _ZOOM]


def _no_wider(peaks: Peaks, wanted: Wanted) -> Peaks:
    if wanted.form in _PICTURES or wanted.width is None or peaks.length <= wanted.width:
        return peaks
    return peaks.zoom(-(-peaks.length * peaks.samples_per_pixel // wanted.width))


def _rendered(peaks: Peaks, wanted: Wanted) -> bytes:
    from waveform import png, svg
    from waveform.audiowaveform import to_dat, to_json

    size = (wanted.width or _WIDTH, wanted.height)
    match wanted.form:
        case "dat":
            return to_dat(peaks)
        case "json":
            return to_json(peaks).encode()
        case "png":
            return png.render(peaks, *size, wanted.colours)
        case "svg":
            return svg.render(peaks, *size, wanted.colours).encode()


def _write(output: str, data: bytes) -> None:
    """Write all or nothing, where the output is a file; a link to one stays a link."""
    from transcoder.package import publish

    if output == "-":
        sys.stdout.buffer.write(data)
        return
    path = Path(output).resolve()
    if path.exists() and not path.is_file():  # a pipe or a terminal cannot be replaced
        path.write_bytes(data)
    else:
        publish(path, data)
