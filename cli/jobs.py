"""`houle jobs`: the queue from the shell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli.on_database import DataFolder, on_database

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from server.database import Database
    from server.jobs import Announcement, Kinds, Listed

    Steer: TypeAlias = Callable[[Connection, Kinds, str], Sequence[Announcement]]

app = typer.Typer(help="Look at the queue of work, and steer it.", no_args_is_help=True)

JobId: TypeAlias = Annotated[str, typer.Argument(help="The job's id; `houle jobs list` says it.")]


@app.command("list")
def list_jobs(
    status: Annotated[
        str | None,
        typer.Option(help="pending, processing, succeeded, failed or cancelled."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    data: DataFolder = None,
) -> None:
    """Show the newest jobs."""
    from server.jobs import JobState

    if status is not None and status not in set(JobState):
        raise typer.BadParameter(f"There is no status {status}; take {', '.join(JobState)}.")

    async def work(database: Database) -> list[Listed]:
        from server.jobs import listing

        wanted = listing.Wanted(state=JobState(status) if status else None)
        return await database.read(listing.page, wanted, limit=limit)

    found = on_database(data, work)
    for job in found:
        typer.echo(_line(job))
    if not found:
        typer.echo("There are no such jobs.", err=True)


@app.command()
def show(job_id: JobId, data: DataFolder = None) -> None:
    """Show a job and what happened to it."""

    async def work(database: Database) -> list[str]:
        from server.jobs import history, listing

        job = await database.read(listing.find, job_id)
        if job is None:
            return []
        return [
            _line(job),
            *(f"  {name} {value}" for name, value in job.payload.items()),
            *([f"  {job.error_code}: {job.error}"] if job.error_code else []),
            *(
                " ".join(
                    str(part)
                    for part in ("  ", _moment(each.at), each.type, each.worker_id, each.detail)
                    if part is not None
                )
                for each in await database.read(history.of_job, job_id)
            ),
        ]

    lines = on_database(data, work)
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo(f"houle: there is no job {job_id}.", err=True)
        raise typer.Exit(1)


@app.command()
def cancel(job_id: JobId, data: DataFolder = None) -> None:
    """End a job: now if it waits, at its worker's next beat if it runs."""

    async def work(database: Database) -> None:
        from server.jobs import outcomes

        await _steer(database, outcomes.cancel, job_id)

    on_database(data, work)
    typer.echo(f"The job {job_id} is cancelled.")


@app.command()
def retry(job_id: JobId, data: DataFolder = None) -> None:
    """Begin a job again that failed or was cancelled."""

    async def work(database: Database) -> None:
        from server.jobs import outcomes

        await _steer(database, outcomes.retry, job_id)

    on_database(data, work)
    typer.echo(f"The job {job_id} waits for a worker.")


@app.command()
def purge(
    days: Annotated[int, typer.Option(min=0, help="Forget what ended longer ago than this.")] = 30,
    data: DataFolder = None,
) -> None:
    """Forget jobs that are over; what they made stays."""

    async def work(database: Database) -> int:
        from server.jobs import purge as forget

        count = 0
        while some := await database.write(forget, kept_ms=days * 86_400_000):
            count += some
        return count

    typer.echo(f"Jobs forgotten: {on_database(data, work)}.")


async def _steer(database: Database, steer: Steer, job_id: str) -> None:
    """Do it, and leave word for the watchers of a running server."""
    from server import outbox
    from server.ids import new_id
    from server.tracks import JOB_KINDS

    def change(connection: Connection) -> None:
        outbox.record(connection, new_id(), steer(connection, JOB_KINDS, job_id))

    await database.write(change)


def _line(job: Listed) -> str:
    percent = "" if job.progress is None else f"{100 * job.progress:.0f} %"
    parts = (job.id, job.state.value, job.kind, f"{job.attempt}/{job.max_attempts}", percent)
    return "  ".join([*parts, _moment(job.created_at), job.error_code or ""]).rstrip()


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
