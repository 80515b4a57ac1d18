"""`houle worker`: lends this machine to a server, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import refusals


def worker(
    server: Annotated[
        str | None, typer.Option(help="The server's address, such as https://houle.example.org.")
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help="The file with the token that `houle workers add` said; - is stdin."),
    ] = None,
    pool: Annotated[list[str] | None, typer.Option(help="The pools of work to take; cpu.")] = None,
    scratch: Annotated[
        Path | None, typer.Option(help="A folder for files on their way; ./worker.")
    ] = None,
    room: Annotated[
        str | None, typer.Option(help="What must be free there to begin a job; 3GiB.")
    ] = None,
) -> None:
    """Do a server's work on this machine, with nothing but its address and a token."""
    from server import log
    from server.remote_worker import run
    from server.worker_settings import load_worker

    log.configure("worker")
    with refusals.said():
        run(
            load_worker(
                server=server,
                token=_read(token_file),
                pools=tuple(pool or ()),
                scratch=scratch,
                room=room,
            )
        )


def _read(token_file: Path | None) -> str | None:
    if token_file is None:
        return None
    return (sys.stdin.read() if str(token_file) == "-" else token_file.read_text()).strip()
