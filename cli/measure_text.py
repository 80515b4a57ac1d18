"""What `houle measure` prints for people: a table, and below it what is to be said of each file."""

from collections.abc import Iterator, Mapping, Sequence

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from cli.measure_rows import Album, Row

_COLUMNS = (
    ("LUFS", "integrated_lufs", "{:.1f}"),
    ("LRA", "range_lu", "{:.1f}"),
    ("dBTP", "true_peak_dbtp", "{:.1f}"),
    ("max M", "momentary_max_lufs", "{:.1f}"),
    ("max S", "short_term_max_lufs", "{:.1f}"),
    ("gain", "gain_db", "{:+.1f}"),
)


def show(rows: Sequence[Row]) -> None:
    if not rows:
        return
    album = rows[0].get("album")
    Console().print(_table(rows, album))
    if album and album["limited_by"] is not None:
        typer.echo(f"The true peak of {album['limited_by']} limits the gain of the album.")
    for row in rows:
        if lines := list(_lines(row)):
            typer.echo("\n  ".join([f"\n{row['file']}", *lines]))


def _table(rows: Sequence[Row], album: Album | None) -> Table:
    file = Column("file", overflow="fold")
    table = Table(file, *[title for title, _, _ in _COLUMNS], box=None, pad_edge=False)
    for row in rows:
        table.add_row(Text(row["file"]), *_cells(row["loudness"]))  # a name is no markup
    if album:
        figures = {
            "integrated_lufs": album["integrated_lufs"],
            "true_peak_dbtp": album["true_peak_dbtp"],
            "gain_db": album["gain_db"],
        }
        table.add_row(f"album of {album['files']}", *_cells(figures))
    return table


def _cells(figures: Mapping[str, float | None]) -> Iterator[str]:
    for _, name, form in _COLUMNS:
        value = figures.get(name)
        yield "-" if value is None else form.format(value)


def _lines(row: Row) -> Iterator[str]:
    for verdict in row.get("verdicts", ()):
        yield verdict["sentence"]
    yield from row.get("notes", ())
    for name, value in row.get("tags", {}).items():
        yield f"{name}={value}"
