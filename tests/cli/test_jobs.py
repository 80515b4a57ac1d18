"""`houle jobs`: the queue from the shell."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from server import outbox
from server.database import Database
from server.jobs import JOBS, NewJob, enqueue
from tests.cli.conftest import Houle, on_database


def add(tmp_path: Path, state: str = "pending") -> str:
    """Put a job into the queue, in a state."""

    async def added(database: Database) -> str:
        job = await database.write(enqueue, NewJob(kind="errand", pool="errands", payload={"n": 7}))
        if state != "pending":
            ended = update(JOBS).where(JOBS.c.id == job).values(state=state, finished_at=1000)
            await database.write(lambda connection: connection.execute(ended))
        return job

    return on_database(tmp_path, added)


def test_the_newest_jobs_are_listed(houle: Houle, tmp_path: Path) -> None:
    first, second = add(tmp_path), add(tmp_path, "failed")

    every, failed = houle("jobs", "list"), houle("jobs", "list", "--status", "failed")

    assert [line.split()[0] for line in every.stdout.splitlines()] == [second, first]
    assert [line.split()[:3] for line in failed.stdout.splitlines()] == [
        [second, "failed", "errand"]
    ]
    assert "There is no status asleep" in houle("jobs", "list", "--status", "asleep").output


def test_a_job_is_shown_with_its_history(houle: Houle, tmp_path: Path) -> None:
    job = add(tmp_path)

    shown = houle("jobs", "show", job)

    assert shown.exit_code == 0
    assert "n 7" in shown.stdout
    assert "added" in shown.stdout
    assert houle("jobs", "show", "nothing").exit_code == 1


def test_a_job_is_cancelled_and_tried_again(houle: Houle, tmp_path: Path) -> None:
    job = add(tmp_path)

    assert houle("jobs", "cancel", job).exit_code == 0
    assert "cancelled" in houle("jobs", "list").stdout
    assert "over" in houle("jobs", "cancel", job).stderr
    assert houle("jobs", "retry", job).exit_code == 0
    assert "pending" in houle("jobs", "list").stdout
    assert "failed or was cancelled" in houle("jobs", "retry", job).stderr
    assert "no such job" in houle("jobs", "retry", "nothing").stderr


def test_a_server_that_runs_is_told_of_it(houle: Houle, tmp_path: Path) -> None:
    job = add(tmp_path)
    houle("jobs", "cancel", job)
    houle("jobs", "retry", job)

    async def recorded(database: Database) -> list[tuple[str, object]]:
        page = await database.read(outbox.behind, 0, [], limit=9)
        return [(row.topic, row.event["status"]) for row in page.rows]

    assert on_database(tmp_path, recorded) == [
        (f"job:{job}", "cancelled"),
        (f"job:{job}", "pending"),
    ]


def test_what_is_over_is_forgotten(houle: Houle, tmp_path: Path) -> None:
    waiting = add(tmp_path)
    add(tmp_path, "succeeded")

    assert "Jobs forgotten: 1." in houle("jobs", "purge", "--days", "0").stdout
    assert [line.split()[0] for line in houle("jobs", "list").stdout.splitlines()] == [waiting]
