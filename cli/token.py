"""`houle token`: access tokens for scripts and machines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.on_database import DataFolder, on_database

if TYPE_CHECKING:
    from pathlib import Path

    from server.accounts import PersonalToken
    from server.database import Database


def token(
    name: Annotated[str, typer.Argument(help="The user whom the token speaks for.")],
    label: Annotated[str, typer.Option(help="What it is for.")] = "shell",
    show: Annotated[bool, typer.Option("--list", help="Show the tokens in force.")] = False,
    revoke: Annotated[str | None, typer.Option(help="End the token of this id.")] = None,
    data: DataFolder = None,
) -> None:
    """Make an access token and print it, once. Send it as `Authorization: Bearer TOKEN`."""
    if show:
        _list(name, data)
    elif revoke is not None:
        _revoke(name, revoke, data)
    else:
        typer.echo(_create(name, label, data))
        typer.echo(f"Shown once. `houle token {name} --list` shows its id, to revoke it.", err=True)


def _create(name: str, label: str, data: Path | None) -> str:
    async def work(database: Database) -> str:
        from server.accounts import create_token, user_named

        user = await user_named(database, name)
        return await database.write(create_token, user.id, label)

    return on_database(data, work)


def _list(name: str, data: Path | None) -> None:
    async def work(database: Database) -> list[PersonalToken]:
        from server.accounts import list_tokens, user_named

        user = await user_named(database, name)
        return await database.point(list_tokens, user.id)

    for known in on_database(data, work):
        made = datetime.fromtimestamp(known.created_at // 1000, UTC)
        typer.echo(f"{known.id}  {made:%Y-%m-%d %H:%M} UTC  {known.label}")


def _revoke(name: str, token_id: str, data: Path | None) -> None:
    async def work(database: Database) -> bool:
        from server.accounts import revoke_token, user_named

        user = await user_named(database, name)
        return await database.write(revoke_token, user.id, token_id)

    if not on_database(data, work):
        typer.echo(f"houle: {name} has no token {token_id} in force.", err=True)
        raise typer.Exit(1)
    typer.echo("The token is revoked. A running server knows within 10 seconds.")
