"""`houle migrate`: the schema to its newest form, without serving."""

from __future__ import annotations

import typer

from cli.on_database import DataFolder


def migrate_command(data: DataFolder = None) -> None:
    """Bring the database's schema up to date; `serve` does it, too."""
    from server.database import migrate
    from server.settings import load
    from server.start_error import StartError

    try:
        settings = load(data_dir=data)
        migrate(settings.database_url)
    except StartError as refusal:
        typer.echo(f"houle: {refusal}", err=True)
        raise typer.Exit(1) from None
    typer.echo("The schema is up to date.")
