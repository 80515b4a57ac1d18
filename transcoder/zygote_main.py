"""The zygote: a warm process of one thread that forks a sandboxed child for each request.

It is started with one end of a socket pair as its standard input and speaks datagrams of JSON:
`{"run": id, "task", "spec", "reads", "writes", "limits"}` with the writing end of a pipe beside it,
`{"kill": id}`; and answers `{"hello", "missing"}`, `{"ended": id, "status"}`. A child writes its
reports as lines of JSON into its pipe; the last line tells how it failed, if it did: `failed` by
the file's fault, `no_space` by the disk's, `crashed` by ours.
"""

import argparse
import contextlib
import errno
import json
import os
import select
import signal
import socket
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from transcoder import sandbox
from transcoder.errors import LimitExceeded, MediaError
from transcoder.limits import Limits
from transcoder.warm_up import warm_up

DATAGRAM = 1 << 17
TRACE_CHARACTERS = 8_000
_FULL = {errno.ENOSPC, errno.EDQUOT}

Tell: TypeAlias = Callable[[dict[str, Any]], None]
Task: TypeAlias = Callable[[dict[str, Any], Tell], None]


def main() -> None:
    parser = argparse.ArgumentParser(prog="houle zygote")
    parser.add_argument("--task", action="append", default=[], help="name=module:function")
    parser.add_argument("--nice", type=int, default=0)
    given = parser.parse_args()
    sandbox.die_with_parent(os.getppid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal; the parent decides
    os.nice(given.nice)
    warm_up()
    tasks = dict(_task(text) for text in given.task)
    control = socket.socket(fileno=os.dup(0))
    Zygote(control, tasks).serve()


def _task(text: str) -> tuple[str, Task]:
    name, place = text.split("=", 1)
    module, function = place.split(":", 1)
    return name, getattr(import_module(module), function)


class Zygote:
    """Forks on request and waits for what it forked; nothing else happens in this process."""

    def __init__(self, control: socket.socket, tasks: dict[str, Task]) -> None:
        self._control = control
        self._tasks = tasks
        self._missing: list[str] = []
        self._children: dict[int, tuple[int, int]] = {}  # request → (process, its descriptor)
        self._poll = select.poll()

    def serve(self) -> None:
        self._missing = self._trial()
        self._say({"hello": os.getpid(), "missing": self._missing})
        self._poll.register(self._control, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in self._poll.poll()}
            for request, (_, descriptor) in list(self._children.items()):
                if descriptor in ready:
                    self._reap(request)
            if self._control.fileno() in ready and not self._heard():
                return

    def _heard(self) -> bool:
        """Do what the parent asks; False: it is gone."""
        datagram, descriptors, _, _ = socket.recv_fds(self._control, DATAGRAM, 1)
        if not datagram:
            return False
        message = json.loads(datagram)
        if "kill" in message:
            self._kill(message["kill"])
            return True
        process = self._fork(message, descriptors[0])
        os.close(descriptors[0])
        watch = os.pidfd_open(process)
        self._poll.register(watch, select.POLLIN)
        self._children[message["run"]] = (process, watch)
        return True

    def _fork(self, message: dict[str, Any], pipe: int) -> int:
        parent = os.getpid()
        process = os.fork()
        if process:
            return process
        try:
            os.setpgid(0, 0)
            sandbox.die_with_parent(parent)
            self._child(message, pipe)
        finally:
            os._exit(1)

    def _kill(self, request: int) -> None:
        if request in self._children:
            process, _ = self._children[request]
            for kill in (os.kill, os.killpg):  # the group may not exist yet
                with contextlib.suppress(ProcessLookupError):
                    kill(process, signal.SIGKILL)

    def _reap(self, request: int) -> None:
        process, watch = self._children.pop(request)
        self._poll.unregister(watch)
        os.close(watch)
        # What the child may have left behind; before the wait, its number is nobody else's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        self._say({"ended": request, "status": os.waitstatus_to_exitcode(status)})

    def _trial(self) -> list[str]:
        """Lock a child in and have it say what is missing here."""
        reading, writing = os.pipe()
        process = os.fork()
        if not process:
            try:
                # It meets no media and writes nothing; elsewhere may be no folder to write into.
                missing = sandbox.enter(
                    reads=Path(os.devnull), writes=Path("/"), keep=[writing], limits=Limits()
                )
                os.write(writing, json.dumps(missing).encode())
            finally:
                os._exit(0)
        os.close(writing)
        with open(reading, "rb") as pipe:  # noqa: PTH123 -- it is a descriptor
            said = pipe.read()
        os.waitpid(process, 0)
        return list(json.loads(said)) if said else ["no sandbox at all"]

    def _say(self, message: dict[str, Any]) -> None:
        self._control.send(json.dumps(message).encode())

    def _child(self, message: dict[str, Any], pipe: int) -> None:
        """Lock in, work, and leave without a look back: no exit handlers of the zygote's run."""

        def tell(report: dict[str, Any]) -> None:
            line = memoryview(json.dumps(report, separators=(",", ":")).encode() + b"\n")
            while line:
                line = line[os.write(pipe, line) :]

        try:
            missing = sandbox.enter(
                reads=Path(message["reads"]),
                writes=Path(message["writes"]),
                keep=[pipe],
                limits=Limits.from_json(message["limits"]),
            )
            if missing != self._missing:
                tell({"type": "sandbox", "missing": missing})
            self._tasks[message["task"]](message["spec"], tell)
        except BaseException as error:  # noqa: BLE001 -- the edge of the process
            tell(_last_word(error))
            os._exit(0 if isinstance(error, MediaError) else 1)
        os._exit(0)


def _last_word(error: BaseException) -> dict[str, Any]:
    """Say whom to blame: the file, in words for its owner, the disk, or us, with a trace."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return {"type": "no_space"}
    if isinstance(error, MemoryError):
        error = LimitExceeded("This file needs more memory than one file may have.")
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        error = LimitExceeded("This file becomes larger than one file may become.")
    if isinstance(error, MediaError):
        return {"type": "failed", "code": error.code, "message": str(error)}
    trace = "".join(traceback.format_exception(error))
    return {"type": "crashed", "trace": trace[-TRACE_CHARACTERS:]}


if __name__ == "__main__":
    main()
