"""`houle worker` begins, or says in one line why it cannot."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.served import ROOT, Served, environment, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served") / "data") as served:
        yield served


def refused(scratch: Path, *arguments: str, **given: str) -> str:
    """Run it, and return its last line."""
    ended = subprocess.run(
        [sys.executable, "-m", "cli.main", "worker", "--scratch", str(scratch), *arguments],
        cwd=ROOT,
        env=environment(scratch, **given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "HOULE_WORKER_SERVER is missing"),
        ({"HOULE_WORKER_SERVER": "http://127.0.0.1:1"}, "HOULE_WORKER_TOKEN is missing"),
        ({"HOULE_WORKER_SERVER": "houle", "HOULE_WORKER_TOKEN": "t"}, "must be an address"),
        ({"HOULE_WORKER_SERVR": "x"}, "Did you mean HOULE_WORKER_SERVER?"),
        (
            {
                "HOULE_WORKER_SERVER": "http://127.0.0.1:1",
                "HOULE_WORKER_TOKEN": "t",
                "HOULE_WORKER_POOLS": "gpu",
            },
            "this version has work for cpu",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    given: dict[str, str], words: str, tmp_path: Path
) -> None:
    assert words in refused(tmp_path, **given)


def test_a_token_that_the_server_does_not_know_ends_it(served: Served, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("houlew_stolen\n")
    address = f"http://127.0.0.1:{served.port}"

    line = refused(tmp_path, "--server", address, "--token-file", str(token))

    assert line == "houle: The server does not know this worker token."


def test_what_a_killed_worker_left_is_swept(served: Served, tmp_path: Path) -> None:
    left = tmp_path / "work" / "job-1" / "made" / "0.m4s"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a segment")
    given = {"HOULE_WORKER_TOKEN": "houlew_stolen"}

    refused(tmp_path, "--server", f"http://127.0.0.1:{served.port}", **given)

    assert list((tmp_path / "work").iterdir()) == []


def test_two_workers_do_not_share_a_folder(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        line = refused(tmp_path, "--server", "http://127.0.0.1:1", HOULE_WORKER_TOKEN="t")

    assert "Another houle worker uses" in line
