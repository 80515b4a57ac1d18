"""`houle serve`: the server with its worker, until Ctrl-C or SIGTERM."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import refusals


def serve(
    host: Annotated[
        str | None, typer.Option(help="Where to listen; 127.0.0.1 when not given.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="8080 when not given; 0 takes a free one.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder; ./data.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="HTTP processes.")] = 1,
) -> None:
    """Serve the page, the API and the streams; transcode what is uploaded."""
    from server.settings import load
    from server.supervisor import serve as supervise

    with refusals.said():
        settings = load(data_dir=data, host=host, port=port)
        status = supervise(settings, settings.host, settings.port, workers)
    raise typer.Exit(status)
