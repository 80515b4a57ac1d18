"""`houle doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from cli.on_database import DataFolder

if TYPE_CHECKING:
    from cli.checks import Finding

_COLOURS = {"ok": typer.colors.GREEN, "warn": typer.colors.YELLOW, "fail": typer.colors.RED}


def doctor(data: DataFolder = None) -> None:
    """Look at this machine and this installation; exit 1 when something must be mended."""
    from cli import checks
    from server.settings import load
    from server.start_error import StartError

    failed = _show(checks.machine())
    try:
        settings = load(data_dir=data)
    except StartError as refusal:
        failed |= _show([checks.Finding("fail", "settings", str(refusal))])
    else:
        failed |= _show(checks.installation(settings))
    raise typer.Exit(1 if failed else 0)


def _show(findings: Iterable[Finding]) -> bool:
    failed = False
    for finding in findings:
        failed |= finding.state == "fail"
        mark = typer.style(f"{finding.state:<4}", fg=_COLOURS[finding.state], bold=True)
        typer.echo(f"{mark}  {finding.subject:<9} {finding.words}")
        if finding.advice:
            typer.echo(f"{'':16}{finding.advice}")
    return failed
