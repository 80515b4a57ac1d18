"""`houle workers`: tokens and live workers from the shell."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from server.jobs.model import Claimant
from server.jobs.presence import see
from server.workers.store import find_by_token
from tests.cli.conftest import Houle, on_database


def appear(tmp_path: Path, token: str) -> None:
    """Ask for work by this token, as a worker does."""

    def ask(connection: Connection) -> None:
        who = find_by_token(connection, token)
        assert who is not None
        see(connection, Claimant(worker_id="box-7", pools=["gpu"], holder=who.holder), "1.2.3")

    on_database(tmp_path, lambda database: database.write(ask))


def test_a_token_is_all_that_is_printed_so_that_it_can_be_piped(houle: Houle) -> None:
    made = houle("workers", "add", "box", "--pool", "gpu", "--pool", "cpu")

    assert made.exit_code == 0
    assert made.stdout.startswith("houlew_")
    assert len(made.stdout.split()) == 1
    assert "Shown once" in made.stderr
    assert made.stdout.strip() not in houle("workers", "list").output


def test_tokens_and_live_workers_are_listed(houle: Houle, tmp_path: Path) -> None:
    assert "There are no tokens" in houle("workers", "list").stderr
    token = houle("workers", "add", "box", "--pool", "gpu", "--pool", "cpu").stdout.strip()
    appear(tmp_path, token)

    first, second = (line.split() for line in houle("workers", "list").stdout.splitlines())

    assert first[:3] == ["token", "box", "cpu,gpu"]
    assert second == ["alive", "box-7", "box", "gpu", "1.2.3", "idle"]


def test_a_revoked_token_is_gone_and_its_name_free(houle: Houle) -> None:
    houle("workers", "add", "box", "--pool", "gpu")
    taken = houle("workers", "add", "box", "--pool", "gpu")
    assert (taken.exit_code, taken.stdout) == (1, "")
    assert "Revoke it first" in taken.stderr

    assert houle("workers", "revoke", "box").exit_code == 0

    assert houle("workers", "list").stdout == ""
    assert "no worker token box" in houle("workers", "revoke", "box").stderr
    assert houle("workers", "add", "box", "--pool", "gpu").exit_code == 0


def test_what_makes_no_sense_is_refused_on_one_line(houle: Houle) -> None:
    assert houle("workers", "add", "box").exit_code == 2
    assert (
        "own worker is called embedded"
        in houle("workers", "add", "embedded", "--pool", "cpu").stderr
    )
    assert "letters, digits" in houle("workers", "add", "a box", "--pool", "cpu").stderr
