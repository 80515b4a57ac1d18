"""What a database may suffer from is said on one line, whatever the command."""

import contextlib
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.server.served import houle
from tests.small_disk import fill, mounted

COMMANDS = (["serve", "--port", "0"], ["add", "song.wav"], ["migrate"], ["token", "admin"])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert houle("migrate", data=folder).returncode == 0
    return folder


def refusal(*command: str, data: Path) -> str:
    """Return the one line that a command says before it ends with status 1."""
    ended = houle(*command, data=data, HOULE_DISK_FLOOR="0")
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    (line,) = ended.stderr.splitlines()
    assert line.startswith("houle: ")
    return line


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_schema_of_another_version_is_said(command: list[str], data: Path) -> None:
    with contextlib.closing(sqlite3.connect(data / "houle.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    assert "another version of Houle" in refusal(*command, data=data)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_file_that_is_no_database_is_said(command: list[str], data: Path) -> None:
    for path in data.glob("houle.db*"):
        path.unlink()
    (data / "houle.db").write_text("Dear listener, this is a letter. " * 400)

    assert "no database" in refusal(*command, data=data)


def test_a_locked_database_is_said(data: Path) -> None:
    with contextlib.closing(sqlite3.connect(data / "houle.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert "locked by another process" in refusal("migrate", data=data)


def test_a_read_only_or_full_disk_is_said(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", 8) as disk:
        data = disk / "data"
        assert houle("migrate", data=data).returncode == 0
        ballast = fill(disk)
        full = refusal("user", "add", "ines", "--password-stdin", data=data)
        ballast.unlink()
        remount = ["mount", "-o", "remount,ro", str(disk)]
        subprocess.run(remount, check=True)

        assert "full" in full
        assert "cannot be written (Read-only file system)" in refusal("migrate", data=data)
