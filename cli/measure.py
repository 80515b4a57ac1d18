"""`houle measure`: how loud files are, and what normalising would do to them."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from cli.measure_rows import Heard, Wanted


def measure(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", show_default=False)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    target: Annotated[float, typer.Option(help="LUFS that `gain` aims at.")] = -14.0,
    ceiling: Annotated[float, typer.Option(help="dBTP that `gain` keeps below.")] = -1.0,
    findings: Annotated[bool, typer.Option("--findings", help="Say what is wrong.")] = False,
    curve: Annotated[bool, typer.Option("--curve", help="How loudness goes, as JSON.")] = False,
    album: Annotated[bool, typer.Option("--album", help="The files are one album.")] = False,
    tags: Annotated[bool, typer.Option("--tags", help="ReplayGain 2.0, or R128 of Opus.")] = False,
    dual_mono: Annotated[
        bool, typer.Option("--dual-mono", help="Mono is played by two loudspeakers.")
    ] = False,
) -> None:
    """Measure loudness (EBU R 128) and true peak of sound files; no server is needed."""
    if curve and not as_json:
        raise typer.BadParameter("A curve is printed as JSON alone: give --json, too.")
    from cli.measure_rows import Wanted, rows
    from cli.measure_text import show

    wanted = Wanted(
        target_lufs=target,
        ceiling_dbtp=ceiling,
        findings=findings,
        curve=curve,
        album=album,
        tags=tags,
        dual_mono=dual_mono,
    )
    heard = _heard(files, wanted, quiet=as_json)
    told = rows(heard, wanted)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    else:
        show(told)
    raise typer.Exit(1 if len(heard) < len(files) else 0)


def _heard(files: list[Path], wanted: Wanted, *, quiet: bool) -> list[Heard]:
    """Measure what can be measured, and say of the rest why it cannot."""
    from transcoder.errors import MediaError

    heard = []
    with _bar(quiet=quiet) as bar:
        task = bar.add_task("", total=len(files))
        for file in files:
            try:
                heard.append(_measured(file, partial(bar.update, task), wanted))
            except (MediaError, OSError) as error:
                typer.echo(f"houle: {file}: {refusals.words(error)}", err=True)
            bar.advance(task)
    return heard


def _measured(file: Path, shown: Callable[..., None], wanted: Wanted) -> Heard:
    from cli.measure_rows import Heard
    from transcoder.measure import measure as decode_and_measure

    shown(description=file.name)
    found = decode_and_measure(
        file,
        lambda seconds: shown(description=f"{file.name}  {seconds:.0f} s"),
        inspect=wanted.findings,
        curve=wanted.curve,
        dual_mono=wanted.dual_mono,
    )
    return Heard(str(file), found)


def _bar(*, quiet: bool) -> Progress:
    """Return what shows on a terminal's standard error how far we are; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    disable = quiet or not console.is_terminal
    return Progress(*columns, console=console, disable=disable, transient=True)
