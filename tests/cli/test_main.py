"""The `houle` command: what it says, and that it refuses in words."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def houle(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin", "HOULE_DATA_DIR": str(data), "TERM": "dumb", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_version_is_one_line(tmp_path: Path) -> None:
    told = houle("--version", data=tmp_path)

    assert told.returncode == 0
    assert re.fullmatch(r"houle \S+\n", told.stdout)


def test_the_list_of_commands_loads_no_server(tmp_path: Path) -> None:
    script = (
        "import sys, cli.main\n"
        "try: cli.main.app(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('aiohttp', 'av', 'numpy', 'sqlalchemy') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert "serve" in told.stdout
    assert "doctor" in told.stdout
    assert told.stdout.endswith("[]\n")


def test_a_command_that_is_none_is_refused(tmp_path: Path) -> None:
    refused = houle("serv", data=tmp_path)

    assert refused.returncode == 2
    assert "No such command 'serv'" in refused.stderr


def test_migrate_may_be_run_again_and_again(tmp_path: Path) -> None:
    assert houle("migrate", data=tmp_path).returncode == 0
    assert houle("migrate", data=tmp_path).returncode == 0
    assert (tmp_path / "houle.db").is_file()


def test_the_doctor_has_a_verdict_on_each_part(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("s" * 64)
    (tmp_path / "secret.key").chmod(0o644)
    told = houle("doctor", data=tmp_path)
    verdicts = {
        line.split()[1]: line.split()[0]
        for line in told.stdout.splitlines()
        if line.startswith(("ok", "warn", "fail"))
    }

    parts = {"Python", "media", "HTTP", "sandbox", "settings", "data", "database", "port", "page"}
    assert parts <= set(verdicts)
    assert "chmod 600" in told.stdout
    assert "FFmpeg" in told.stdout
    assert told.returncode == int("fail" in verdicts.values())


def test_the_doctor_names_a_folder_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    told = houle("doctor", data=tmp_path / "data")

    assert told.returncode == 1
    assert "cannot be written" in told.stdout
