"""Tasks for the zygote that do what hostile media might make a decoder do."""

import ctypes
import fcntl
import mmap
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


def move(spec: dict[str, Any], tell: Tell) -> None:
    """Behave: what is in one folder below may go into another (Landlock's second version)."""
    for folder in ("here", "there"):
        Path(folder).mkdir()
    Path("here/file").write_bytes(b"x" * 10)
    os.truncate("here/file", 5)
    Path("here/file").rename("there/file")
    Path("here").rmdir()
    tell({"type": "moved", "bytes": Path("there/file").stat().st_size})


def complain(spec: dict[str, Any], tell: Tell) -> None:
    raise NoSound("There is no sound in this test.")


def stumble(spec: dict[str, Any], tell: Tell) -> None:
    raise ZeroDivisionError("a bug of ours")


def fill_the_disk(spec: dict[str, Any], tell: Tell) -> None:
    """Write into the one folder until the kernel has no more room for it."""
    with Path("folder").open("wb") as file:
        file.writelines(bytes(1 << 20) for _ in range(64))


def try_all(spec: dict[str, Any], tell: Tell) -> None:
    """Try each thing that must not work, and tell what came of it."""
    for name, attempt in ATTEMPTS.items():
        try:
            attempt(spec)
        except (OSError, MemoryError, ValueError) as error:
            tell({"type": "refused", "name": name, "how": type(error).__name__})
        else:
            tell({"type": "worked", "name": name})


def _connect(spec: dict[str, Any]) -> None:
    with socket.socket() as client:
        client.settimeout(2)
        client.connect(("127.0.0.1", spec["port"]))


def _big_file(spec: dict[str, Any]) -> None:
    with Path("big").open("wb") as file:
        file.writelines(bytes(1 << 20) for _ in range(64))


def _map_a_file(spec: dict[str, Any]) -> None:
    """Keep blocks of the disk by neither a name nor a descriptor."""
    with Path("mapped").open("w+b") as file:
        file.truncate(mmap.PAGESIZE)
        mmap.mmap(file.fileno(), mmap.PAGESIZE).close()


def _own_by_pipe(spec: dict[str, Any]) -> None:
    """Choose who gets the signal when a pipe becomes readable; F_SETSIG would choose which."""
    reading, writing = os.pipe()
    try:
        fcntl.fcntl(reading, fcntl.F_SETOWN, os.getppid())
    finally:
        os.close(reading)
        os.close(writing)


def _call(number: int, *arguments: int) -> None:
    """Make a system call that Python has no function for."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


_IOPRIO_SET, _SHMGET, _KCMP = {"x86_64": (251, 29, 312), "aarch64": (30, 194, 272)}[
    os.uname().machine
]

ATTEMPTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "read /etc/passwd": lambda _: Path("/etc/passwd").read_bytes(),
    "read beside the source": lambda spec: Path(spec["source"]).with_name("other").read_bytes(),
    "list the source's folder": lambda spec: [*Path(spec["source"]).parent.iterdir()],
    "write the source": lambda spec: Path(spec["source"]).write_bytes(b"x"),
    "write elsewhere": lambda spec: Path(spec["source"]).with_name("new").write_bytes(b"x"),
    "connect to loopback": _connect,
    "take 3 GiB": lambda _: bytearray(3 << 30),
    "write 64 MiB": _big_file,
    "run a program": lambda _: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0),
    "become a program": lambda _: os.execv("/bin/true", ["true"]),  # noqa: S606
    "fork": lambda _: os.fork() or os._exit(0),
    "look for a socket": lambda _: socket.socket(socket.AF_UNIX).close(),
    "kill its parent": lambda _: os.kill(os.getppid(), signal.SIGKILL),
    "signal init": lambda _: os.kill(1, 0),
    "have its parent signalled": _own_by_pipe,
    "hold on to its parent": lambda _: os.close(os.pidfd_open(os.getppid())),
    "limit its parent": lambda _: resource.prlimit(
        os.getppid(), resource.RLIMIT_CORE, resource.prlimit(os.getppid(), resource.RLIMIT_CORE)
    ),
    "read its parent's limits": lambda _: resource.prlimit(os.getppid(), resource.RLIMIT_CORE),
    "renice its parent": lambda _: os.setpriority(
        os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, os.getppid())
    ),
    "slow its parent's disk": lambda _: _call(_IOPRIO_SET, 1, os.getppid(), 0),
    "pin its parent": lambda _: os.sched_setaffinity(
        os.getppid(), os.sched_getaffinity(os.getppid())
    ),
    "reschedule its parent": lambda _: os.sched_setscheduler(
        os.getppid(), os.SCHED_BATCH, os.sched_param(0)
    ),
    "compare itself with its parent": lambda _: _call(_KCMP, os.getpid(), os.getppid(), 1, 0, 0),
    "join another group": lambda _: os.setpgid(0, os.getpgid(os.getppid())),
    "share memory": lambda _: _call(_SHMGET, 0, mmap.PAGESIZE, 0o1600),
    "keep a file in memory": lambda _: os.close(os.memfd_create("hidden")),
    "map a file": _map_a_file,
    "age the source": lambda spec: os.utime(spec["source"], (0, 0)),
    "open the source to all": lambda spec: Path(spec["source"]).chmod(0o777),
    "make a link out": lambda _: Path("link").symlink_to("/etc/passwd"),
    "make a pipe": lambda _: os.mkfifo("pipe"),
    "list the root": lambda _: list(Path("/").iterdir()),
    "raise its limits": lambda _: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)),
    "see the environment": lambda _: Path("/proc/self/environ").read_bytes(),
}


def sleep(spec: dict[str, Any], tell: Tell) -> None:
    tell({"type": "asleep", "pid": os.getpid()})
    time.sleep(600)


def spin(spec: dict[str, Any], tell: Tell) -> None:
    """Report without end, and never stop computing."""
    while True:
        tell({"type": "spinning"})


def burn(spec: dict[str, Any], tell: Tell) -> None:
    while True:
        pass


def close_and_stay(spec: dict[str, Any], tell: Tell) -> None:
    """Say the last word without leaving."""
    tell({"type": "asleep", "pid": os.getpid()})
    os.closerange(3, 64)
    time.sleep(600)


def work_in_threads(spec: dict[str, Any], tell: Tell) -> None:
    with ThreadPoolExecutor(4) as pool:
        sums = list(pool.map(sum, [range(n) for n in range(100)]))
    tell({"type": "summed", "sum": sum(sums)})


def use_the_devices(spec: dict[str, Any], tell: Tell) -> None:
    Path("/dev/null").write_bytes(b"x")
    with Path("/dev/urandom").open("rb") as file:
        tell({"type": "random", "bytes": len(file.read(8))})


def gulp(spec: dict[str, Any], tell: Tell) -> None:
    bytearray(3 << 30)


def write_without_end(spec: dict[str, Any], tell: Tell) -> None:
    with Path("big").open("wb") as file:
        file.writelines(bytes(1 << 20) for _ in range(1024))


def abort(spec: dict[str, Any], tell: Tell) -> None:
    signal.signal(signal.SIGABRT, signal.SIG_DFL)
    os.abort()


def segfault(spec: dict[str, Any], tell: Tell) -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    ctypes.string_at(0)


def shout(spec: dict[str, Any], tell: Tell) -> None:
    tell({"type": "shout", "words": "x" * (2 << 20)})


def babble(spec: dict[str, Any], tell: Tell) -> None:
    """Write into the pipe what is no report."""
    (pipe,) = (number for number in range(3, 64) if _is_open(number))
    os.write(pipe, spec["words"].encode())


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def open_descriptors(spec: dict[str, Any], tell: Tell) -> None:
    tell({"type": "open", "numbers": [number for number in range(1024) if _is_open(number)]})
