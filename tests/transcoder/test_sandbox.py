"""What a locked-in process can still do, on this kernel and on those that have less."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.transcoder.misbehaviour import ATTEMPTS
from transcoder import landlock, sandbox, seccomp

ROOT = Path(__file__).parents[2]
NOBODY = 65_534
UNSHARE = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
LANDLOCK_CREATE_RULESET = 444
# It did its work and nothing else; processor time ends softly and then hard.
LOCKED_IN = {"missing": [], "worked": [], "copied": 4, "moved": True, "cpu": [60, 65]}

LockIn = Callable[..., dict[str, Any]]


@pytest.fixture
def port() -> Iterator[int]:
    """A server that must never be reached."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.05)
        yield canary.getsockname()[1]


@pytest.fixture
def lock_in(port: int) -> Iterator[LockIn]:
    # Not pytest's folder, into which only its own user may look.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source").write_bytes(b"mine")
        (folder / "other").write_bytes(b"somebody else's")
        (folder / "out").mkdir()

        def run(*, user: int | None = None, **taken: Any) -> dict[str, Any]:
            if user is not None:
                for path in (folder, *folder.iterdir()):
                    os.chown(path, user, user)
            given = {"source": str(folder / "source"), "output": str(folder / "out"), "port": port}
            spec = json.dumps({**given, "user": user, **taken})
            answer = subprocess.run(
                [sys.executable, "-m", "tests.transcoder.locked_in", spec],
                cwd=ROOT,
                check=True,
                stdout=subprocess.PIPE,
                timeout=60,
            )
            return dict(json.loads(answer.stdout))

        yield run


def test_nothing_gets_out(lock_in: LockIn) -> None:
    assert lock_in() == LOCKED_IN


@pytest.mark.skipif(os.geteuid() != 0, reason="then the test above was without root")
def test_nothing_gets_out_when_it_is_not_root(lock_in: LockIn) -> None:
    assert lock_in(user=NOBODY) == LOCKED_IN


@pytest.mark.parametrize("abi", range(1, 8))
def test_every_version_of_landlock_holds(abi: int, lock_in: LockIn) -> None:
    if abi > landlock.abi():
        pytest.skip("this kernel's Landlock is older")

    # The first version lets nobody rename into another folder.
    assert lock_in(abi=abi) == {**LOCKED_IN, "moved": abi > 1}


def test_without_landlock_files_are_open_and_the_level_says_so(lock_in: LockIn) -> None:
    answer = lock_in(refused=[LANDLOCK_CREATE_RULESET])

    assert answer["missing"] == [sandbox.NO_LANDLOCK]
    assert "read /etc/passwd" in answer["worked"]
    assert not {"connect to loopback", "fork", "run a program", "take 3 GiB"} & {*answer["worked"]}


def test_without_namespaces_there_is_still_no_network_and_the_level_says_so(
    lock_in: LockIn,
) -> None:
    answer = lock_in(refused=[UNSHARE])

    assert answer["missing"] == [sandbox.NO_NETWORK_NAMESPACE]
    assert answer["worked"] == []


def test_on_a_machine_whose_calls_we_do_not_know_nothing_is_filtered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seccomp, "_MACHINES", {})

    with pytest.raises(seccomp.SeccompMissing, match=os.uname().machine):
        seccomp.restrict()


def test_the_attempts_do_work_outside(tmp_path: Path, port: int) -> None:
    """Else it would prove nothing that they fail inside."""
    (tmp_path / "source").write_bytes(b"mine")
    (tmp_path / "other").write_bytes(b"somebody else's")
    spec = {"source": str(tmp_path / "source"), "port": port}
    harmless = {
        "read /etc/passwd",
        "read beside the source",
        "list the source's folder",
        "connect to loopback",
        "look for a socket",
        "run a program",
        "see the environment",
        "list the root",
    }

    assert harmless <= set(ATTEMPTS)
    for name in harmless:
        ATTEMPTS[name](spec)


# A machine that lacks something: the filter is inherited by the zygote and its children.
ON_AN_OLD_MACHINE = """
import asyncio, logging, sys
from transcoder import seccomp
from transcoder.zygote import Zygote

async def main():
    zygote = await Zygote.start(nice=0, tasks={})
    print(zygote.sandbox)
    await zygote.close()

logging.basicConfig(level=logging.WARNING)
seccomp.install(seccomp.refusing(map(int, sys.argv[1:])))
asyncio.run(main())
"""


def test_a_zygote_on_a_lesser_machine_says_loudly_what_is_missing() -> None:
    calls = [str(LANDLOCK_CREATE_RULESET), str(UNSHARE)]
    answer = subprocess.run(
        [sys.executable, "-c", ON_AN_OLD_MACHINE, *calls],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert answer.stdout.strip() == "partial: no network namespace, no landlock"
    assert "WARNING" in answer.stderr
    assert "not fully locked in" in answer.stderr


# Landlock makes the machine one on which nothing can be written, as an image may be.
ON_A_READ_ONLY_MACHINE = """
import asyncio
from pathlib import Path
from transcoder import landlock
from transcoder.zygote import Zygote

async def main():
    zygote = await Zygote.start(nice=0, tasks={})
    print(zygote.sandbox)
    await zygote.close()

EXECUTE, READ_DIR = 1 << 0, 1 << 3
readable = (Path("/"), EXECUTE | READ_DIR | landlock.READ_FILE)
landlock.restrict([readable, (Path("/dev/null"), landlock.READ_WRITE_DEVICE)])
asyncio.run(main())
"""


def test_a_zygote_needs_no_folder_to_write_into() -> None:
    answer = subprocess.run(
        [sys.executable, "-B", "-c", ON_A_READ_ONLY_MACHINE],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert answer.stdout.strip() == "full"
