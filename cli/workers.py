"""`houle workers`: who may work for this server, and who does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli.on_database import DataFolder, on_database

if TYPE_CHECKING:
    from server.database import Database
    from server.jobs.presence import LiveWorker
    from server.workers import WorkerToken

app = typer.Typer(help="Let workers in from elsewhere, and see who is there.", no_args_is_help=True)

Name: TypeAlias = Annotated[str, typer.Argument(help="The name of the worker's token.")]


@app.command()
def add(
    name: Name,
    pool: Annotated[list[str], typer.Option(help="A pool that it takes jobs of; may be repeated.")],
    data: DataFolder = None,
) -> None:
    """Make a token for a worker and print it, once."""

    async def work(database: Database) -> str:
        from server.workers import create_token

        return await database.write(create_token, name, pool)

    typer.echo(on_database(data, work))
    typer.echo(f"Shown once. `houle workers revoke {name}` ends it.", err=True)


@app.command("list")
def list_workers(data: DataFolder = None) -> None:
    """Show the tokens in force, then the workers that are alive and what they do."""

    async def work(database: Database) -> list[str]:
        from server.jobs import presence
        from server.workers import list_tokens

        tokens = await database.read(list_tokens)
        return [
            *(_token_line(token) for token in tokens),
            *(_worker_line(worker) for worker in await database.read(presence.alive)),
        ]

    lines = on_database(data, work)
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo("There are no tokens, and no worker is alive.", err=True)


@app.command()
def revoke(name: Name, data: DataFolder = None) -> None:
    """End a token; what its workers hold, they lose."""

    async def work(database: Database) -> None:
        from server.workers import revoke_token

        await database.write(revoke_token, name)

    on_database(data, work)
    typer.echo(
        f"The token {name} is revoked. What its workers held goes to others when the leases lapse."
    )


def _token_line(token: WorkerToken) -> str:
    return "  ".join(("token", token.name, ",".join(token.pools), _moment(token.created_at)))


def _worker_line(worker: LiveWorker) -> str:
    does = f"job {worker.job_id}" if worker.job_id else "idle"
    known = ("alive", worker.id, worker.name, ",".join(worker.pools), worker.version or "-", does)
    return "  ".join(known)


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
