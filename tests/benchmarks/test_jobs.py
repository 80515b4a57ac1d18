"""The questions about jobs can be asked: each answers for every database, and nobody is doubled."""

from pathlib import Path

import pytest

from benchmarks import job_list, job_rate, job_recovery, job_start
from benchmarks.extent import QUICK


def test_every_job_is_claimed_and_finished_once(tmp_path: Path) -> None:
    section = job_rate.measure(QUICK, tmp_path)

    assert [row[1] for row in section.rows] == ["sqlite"] * 2 + ["postgresql"] * 2
    assert {row[3:5] for row in section.rows} == {("200", "0")}


def test_a_waiting_job_begins_by_every_way(tmp_path: Path) -> None:
    section = job_start.measure(QUICK, tmp_path)

    assert [row[2] for row in section.rows] == ["5", "5", "5"]


def test_every_list_is_read_from_both_databases(tmp_path: Path) -> None:
    section = job_list.measure(QUICK, tmp_path)

    rows: dict[tuple[str, str], list[str]] = {(row[1], row[2]): [] for row in section.rows}
    for row in section.rows:
        rows[row[1], row[2]].append(row[3])
    assert rows["everybody: all kinds", "at the newest"] == ["51", "51"]
    assert rows["everybody: cancelled", "in the middle"] == ["0", "0"]
    assert rows["one owner: no kind", "at the newest"] == ["0", "0"]
    assert all(sqlite == postgresql for sqlite, postgresql in rows.values())


@pytest.mark.timeout(180)
def test_a_job_whose_worker_is_killed_runs_again(tmp_path: Path) -> None:
    section = job_recovery.measure(QUICK, tmp_path)

    assert [row[0] for row in section.rows] == ["N12"] * 3
