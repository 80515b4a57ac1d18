"""`houle jobs`: the queue from the shell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from cli.main import app
from server import outbox
from server.database import Database, migrate, open_database
from server.jobs import JOBS, NewJob, enqueue

Houle = Callable[..., Result]


@pytest.fixture
def houle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Houle:
    monkeypatch.chdir(tmp_path)
    migrate(f"sqlite:///{tmp_path}/houle.db")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["jobs", *arguments, "--data", str(tmp_path)])

    return run


def add(tmp_path: Path, state: str = "pending") -> str:
    """Put a job into the queue, in a state."""

    async def added() -> str:
        database: Database = open_database(f"sqlite:///{tmp_path}/houle.db")
        job = await database.write(enqueue, NewJob(kind="errand", pool="errands", payload={"n": 7}))
        if state != "pending":
            ended = update(JOBS).where(JOBS.c.id == job).values(state=state, finished_at=1000)
            await database.write(lambda connection: connection.execute(ended))
        await database.close()
        return job

    return asyncio.run(added())


def test_the_newest_jobs_are_listed(houle: Houle, tmp_path: Path) -> None:
    first, second = add(tmp_path), add(tmp_path, "failed")

    every, failed = houle("list"), houle("list", "--status", "failed")

    assert [line.split()[0] for line in every.stdout.splitlines()] == [second, first]
    assert [line.split()[:3] for line in failed.stdout.splitlines()] == [
        [second, "failed", "errand"]
    ]
    assert "There is no status asleep" in houle("list", "--status", "asleep").output


def test_a_job_is_shown_with_its_history(houle: Houle, tmp_path: Path) -> None:
    job = add(tmp_path)

    shown = houle("show", job)

    assert shown.exit_code == 0
    assert "n 7" in shown.stdout
    assert "added" in shown.stdout
    assert houle("show", "nothing").exit_code == 1


def test_a_job_is_cancelled_and_tried_again(houle: Houle, tmp_path: Path) -> None:
    job = add(tmp_path)

    assert houle("cancel", job).exit_code == 0
    assert "cancelled" in houle("list").stdout
    assert "over" in houle("cancel", job).stderr
    assert houle("retry", job).exit_code == 0
    assert "pending" in houle("list").stdout
    assert "failed or was cancelled" in houle("retry", job).stderr
    assert "no such job" in houle("retry", "nothing").stderr


def test_a_server_that_runs_is_told_of_it(houle: Houle, tmp_path: Path) -> None:
    job = add(tmp_path)
    houle("cancel", job)
    houle("retry", job)

    async def recorded() -> list[tuple[str, object]]:
        database: Database = open_database(f"sqlite:///{tmp_path}/houle.db")
        page = await database.read(outbox.behind, 0, [], limit=9)
        await database.close()
        return [(row.topic, row.event["status"]) for row in page.rows]

    assert asyncio.run(recorded()) == [(f"job:{job}", "cancelled"), (f"job:{job}", "pending")]


def test_what_is_over_is_forgotten(houle: Houle, tmp_path: Path) -> None:
    waiting = add(tmp_path)
    add(tmp_path, "succeeded")

    assert "Jobs forgotten: 1." in houle("purge", "--days", "0").stdout
    assert [line.split()[0] for line in houle("list").stdout.splitlines()] == [waiting]
