"""`houle user`: accounts from the shell, also for whoever lost the admin's password."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli.on_database import DataFolder, on_database

if TYPE_CHECKING:
    from server.accounts import User
    from server.database import Database

app = typer.Typer(help="Add users, change passwords, close accounts.", no_args_is_help=True)

# As in the server's roles, whose module would load the whole server; `guest` is nobody's account.
ROLES = ("user", "premium_user", "creator", "moderator", "admin", "support")

Name: TypeAlias = Annotated[str, typer.Argument(help="The user name.")]
PasswordStdin: TypeAlias = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "user",
    email: Annotated[str | None, typer.Option(help="Works as user name, too.")] = None,
    password_stdin: PasswordStdin = False,
    data: DataFolder = None,
) -> None:
    """Add a user."""
    if role not in ROLES:
        raise typer.BadParameter(f"There is no role {role}; take one of {', '.join(ROLES)}.")
    password = _password(from_stdin=password_stdin)

    async def work(database: Database) -> User:
        from server.accounts import create_user
        from server.http.principal import Role

        return await create_user(database, name, password=password, role=Role(role), email=email)

    user = on_database(data, work)
    typer.echo(f"User {user.username} was added as {user.role.value}.")


@app.command()
def password(name: Name, password_stdin: PasswordStdin = False, data: DataFolder = None) -> None:
    """Set a new password, without the old one: the way back in when the admin's is lost.

    It holds at once, also for a running server, and signs the user out everywhere.
    """
    new = _password(from_stdin=password_stdin)

    async def work(database: Database) -> int:
        from server.accounts import set_password

        return await set_password(database, name, new)

    ended = on_database(data, work)
    typer.echo(f"The password of {name} was changed; open sessions signed out: {ended}.")
    typer.echo(f"Access tokens stay valid; `houle token {name} --list` shows them.", err=True)


@app.command()
def disable(name: Name, data: DataFolder = None) -> None:
    """Close an account: no sign-in, no token is accepted; what it made stays."""
    _set_disabled(name, data, disabled=True)
    typer.echo(f"The account of {name} is closed. A running server knows within 10 seconds.")


@app.command()
def enable(name: Name, data: DataFolder = None) -> None:
    """Open a closed account again."""
    _set_disabled(name, data, disabled=False)
    typer.echo(f"The account of {name} is open.")


def _set_disabled(name: str, data: DataFolder, *, disabled: bool) -> None:
    async def work(database: Database) -> None:
        from server.accounts import set_disabled, user_named

        user = await user_named(database, name)
        await database.write(set_disabled, user.id, disabled=disabled)

    on_database(data, work)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
