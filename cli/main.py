"""`houle`: finds the subcommand, loads it, and says a refusal on one line."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

# name of the command: module below cli, and its function or Typer app
COMMANDS = {
    "serve": ("serve", "serve"),
    "demo": ("demo", "demo"),
    "add": ("add", "add"),
    "measure": ("measure", "measure"),
    "waveform": ("waveform", "waveform"),
    "user": ("user", "app"),
    "token": ("token", "token"),
    "doctor": ("doctor", "doctor"),
    "jobs": ("jobs", "app"),
    "worker": ("worker", "worker"),
    "workers": ("workers", "app"),
    "migrate": ("migrate", "migrate_command"),
}


class Lazily(TyperGroup):
    """A group whose commands are modules."""

    def list_commands(self, _context: Any) -> list[str]:  # noqa: ANN401 -- typer's own, private
        return [name for name, (module, _) in COMMANDS.items() if find_spec(f"cli.{module}")]

    def get_command(self, context: Any, cmd_name: str) -> Any:  # noqa: ANN401
        if cmd_name not in self.list_commands(context):
            return None
        module, attribute = COMMANDS[cmd_name]
        found = getattr(importlib.import_module(f"cli.{module}"), attribute)
        around = typer.Typer(add_completion=False)
        if isinstance(found, typer.Typer):
            around.add_typer(found, name=cmd_name)
        else:
            around.command(cmd_name)(found)
        return get_group(around).commands[cmd_name]


app = typer.Typer(
    cls=Lazily,
    help="A song in, a stream out: a media streaming server.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from server.version import houle_version

        typer.echo(f"houle {houle_version()}")
        raise typer.Exit


@app.callback()
def houle(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


if __name__ == "__main__":
    app(prog_name="houle")
