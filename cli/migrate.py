"""`houle migrate`: the schema to its newest form, without serving."""

from __future__ import annotations

import typer

from cli import refusals
from cli.on_database import DataFolder


def migrate_command(data: DataFolder = None) -> None:
    """Bring the database's schema up to date; `serve` does it, too."""
    from server.database import migrate
    from server.settings import load

    with refusals.said():
        settings = load(data_dir=data)
        migrate(settings.database_url)
    typer.echo("The schema is up to date.")
