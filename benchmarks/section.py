"""One question's answer as a Markdown table, with what must be known to read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        lines = [f"## {self.title}", ""]
        if self.columns:
            lines += [_row(self.columns), _row("---" for _ in self.columns)]
            lines += [_row(row) for row in self.rows]
            lines.append("")
        lines += [f"- {note}" for note in self.notes]
        return "\n".join(lines).rstrip() + "\n"


def verdict(figure: float, most: float) -> str:
    """Say whether a figure is within its goal."""
    return "met" if figure <= most else "**missed**"


def verdict_of_rate(figure: float, least: float) -> str:
    """Say whether a figure that should be high reaches its goal."""
    return "met" if figure >= least else "**missed**"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
