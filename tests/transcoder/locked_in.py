"""Locks itself in and tries to get out: `python -m tests.transcoder.locked_in JSON`.

The JSON may take away what the kernel has (`refused` system calls, a lower `abi` of Landlock), as
on older or stricter machines. What came of it is printed as JSON.
"""

import contextlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from tests.transcoder.misbehaviour import copy, move, try_all
from transcoder import landlock, sandbox, seccomp
from transcoder.limits import MIB, Limits


def main() -> None:
    spec = json.loads(sys.argv[1])
    told: list[dict[str, Any]] = []
    out = os.dup(1)
    if spec.get("refused"):
        seccomp.install(seccomp.refusing(spec["refused"]))
    if spec.get("abi"):
        landlock.abi = lambda: int(spec["abi"])
    if spec.get("user"):
        os.setgroups([])
        os.setgid(spec["user"])
        os.setuid(spec["user"])
        _leave_a_parent_of_this_user()
    missing = sandbox.enter(
        reads=Path(spec["source"]),
        writes=Path(spec["output"]),
        keep=[out],
        limits=Limits(file_bytes=8 * MIB, cpu_seconds=60),
    )
    copy(spec, told.append)
    with contextlib.suppress(OSError):
        move(spec, told.append)
    try_all(spec, told.append)
    answer = {
        "missing": missing,
        "worked": [report["name"] for report in told if report["type"] == "worked"],
        "copied": told[0]["bytes"],
        "moved": told[1]["type"] == "moved",
        "cpu": resource.getrlimit(resource.RLIMIT_CPU),
    }
    os.write(out, json.dumps(answer).encode())


def _leave_a_parent_of_this_user() -> None:
    """Go on in a child: most of what can be done to one's own processes needs their user."""
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
