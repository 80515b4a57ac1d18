"""`houle measure`: how loud files are, and what normalising would do to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from waveform.analysis import Measured

Figures = dict[str, float | None]
_COLUMNS = (
    ("LUFS", "integrated_lufs", "{:.1f}"),
    ("LRA", "range_lu", "{:.1f}"),
    ("dBTP", "true_peak_dbtp", "{:.1f}"),
    ("max M", "momentary_max_lufs", "{:.1f}"),
    ("max S", "short_term_max_lufs", "{:.1f}"),
    ("gain", "gain_db", "{:+.1f}"),
)


def measure(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    target: Annotated[float, typer.Option(help="LUFS that `gain` aims at.")] = -14.0,
    ceiling: Annotated[float, typer.Option(help="dBTP that `gain` keeps below.")] = -1.0,
) -> None:
    """Measure loudness (EBU R 128) and true peak of sound files; no server is needed."""
    measured, failed = [], False
    with _bar(quiet=as_json) as bar:
        task = bar.add_task("", total=len(files))
        heard = partial(bar.update, task)
        for file in files:
            try:
                measured.append(
                    {"file": str(file), "loudness": _figures(file, heard, target, ceiling)}
                )
            except _refusals() as error:
                failed = True
                typer.echo(f"houle: {file}: {refusals.words(error)}", err=True)
            bar.advance(task)
    if as_json:
        typer.echo(json.dumps(measured, indent=2))
    else:
        _table(measured)
    raise typer.Exit(1 if failed else 0)


def _refusals() -> tuple[type[Exception], ...]:
    from transcoder.errors import MediaError

    return (MediaError, OSError)


def _figures(file: Path, heard: Callable[..., None], target: float, ceiling: float) -> Figures:
    from transcoder.measure import measure as decode_and_measure

    heard(description=file.name)
    measured = decode_and_measure(
        file, lambda seconds: heard(description=f"{file.name}  {seconds:.0f} s")
    )
    return _rounded(measured, target, ceiling)


def _rounded(measured: Measured, target: float, ceiling: float) -> Figures:
    from waveform.gain import plan

    loudness = measured.loudness
    gain = plan(loudness, target_lufs=target, ceiling_dbtp=ceiling).gain_db
    names = [name for _, name, _ in _COLUMNS if name != "gain_db"]
    figures: Figures = {name: getattr(loudness, name) for name in names} | {"gain_db": gain}
    return {name: None if value is None else round(value, 2) for name, value in figures.items()}


def _bar(*, quiet: bool) -> Progress:
    """Return what shows on a terminal's standard error how far we are; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    disable = quiet or not console.is_terminal
    return Progress(*columns, console=console, disable=disable, transient=True)


def _table(measured: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    file = Column("file", overflow="fold")
    table = Table(file, *[title for title, _, _ in _COLUMNS], box=None, pad_edge=False)
    for one in measured:
        values = [one["loudness"][name] for _, name, _ in _COLUMNS]
        cells = [
            "-" if v is None else f.format(v) for v, (_, _, f) in zip(values, _COLUMNS, strict=True)
        ]
        table.add_row(one["file"], *cells)
    if measured:
        Console().print(table)
