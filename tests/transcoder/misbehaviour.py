"""Tasks for the zygote that do what hostile media might make a decoder do."""

import ctypes
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transcoder.errors import NoSound

Tell = Callable[[dict[str, Any]], None]


def copy(spec: dict[str, Any], tell: Tell) -> None:
    """Behave: read the one file, write into the one folder."""
    content = Path(spec["source"]).read_bytes()
    Path("folder").mkdir()
    Path("folder/part").write_bytes(content)
    Path("folder/part").rename("folder/copy")
    tell({"type": "copied", "bytes": len(content)})


def complain(spec: dict[str, Any], tell: Tell) -> None:
    raise NoSound("There is no sound in this test.")


def stumble(spec: dict[str, Any], tell: Tell) -> None:
    raise ZeroDivisionError("a bug of ours")


def try_all(spec: dict[str, Any], tell: Tell) -> None:
    """Try each thing that must not work, and tell what came of it."""
    for name, attempt in ATTEMPTS.items():
        try:
            attempt(spec)
        except (OSError, MemoryError) as error:
            tell({"type": "refused", "name": name, "how": type(error).__name__})
        else:
            tell({"type": "worked", "name": name})


def _connect(spec: dict[str, Any]) -> None:
    socket.create_connection(("127.0.0.1", spec["port"]), 2).close()


def _big_file(spec: dict[str, Any]) -> None:
    with Path("big").open("wb") as file:
        file.writelines(bytes(1 << 20) for _ in range(64))


ATTEMPTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "read /etc/passwd": lambda _: Path("/etc/passwd").read_bytes(),
    "read beside the source": lambda spec: Path(spec["source"]).with_name("other").read_bytes(),
    "list the source's folder": lambda spec: [*Path(spec["source"]).parent.iterdir()],
    "write the source": lambda spec: Path(spec["source"]).write_bytes(b"x"),
    "write elsewhere": lambda spec: Path(spec["source"]).with_name("new").write_bytes(b"x"),
    "connect to loopback": _connect,
    "take 3 GiB": lambda _: bytearray(3 << 30),
    "write 64 MiB": _big_file,
    "run a program": lambda _: os.posix_spawn("/bin/true", ["true"], {}),
    "see the environment": lambda _: Path("/proc/self/environ").read_bytes(),
}


def sleep(spec: dict[str, Any], tell: Tell) -> None:
    tell({"type": "asleep", "pid": os.getpid()})
    time.sleep(600)


def fork_and_sleep(spec: dict[str, Any], tell: Tell) -> None:
    child = os.fork()
    if not child:
        time.sleep(600)
    tell({"type": "asleep", "pid": child})
    time.sleep(600)


def leave_a_child_behind(spec: dict[str, Any], tell: Tell) -> None:
    child = os.fork()
    if not child:
        time.sleep(600)
    tell({"type": "left", "pid": child})


def segfault(spec: dict[str, Any], tell: Tell) -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    ctypes.string_at(0)


def shout(spec: dict[str, Any], tell: Tell) -> None:
    tell({"type": "shout", "words": "x" * (2 << 20)})
