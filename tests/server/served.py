"""A real `houle serve` in a process of its own, for the tests of its life and death."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def environment(data: Path, **given: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("HOULE_")}
    return {**ours, "HOULE_DATA_DIR": str(data), **given}


def houle(*arguments: str, data: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=ROOT,
        env=environment(data, **given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@dataclass
class Served:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def get(self, path: str) -> tuple[int, Any]:
        connection = self.connect()
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, json.loads(body) if body.startswith(b"{") else body.decode()

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text().split()]

    def child(self, module: str) -> int:
        """Return the process id of the first child that runs `module`."""
        for pid in self.children():
            with contextlib.suppress(FileNotFoundError):
                if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid
        raise LookupError(module)

    def until(self, words: str) -> str:
        """Wait until the log has the words, and return the log."""
        deadline = time.monotonic() + 60  # `demo` composes first
        while time.monotonic() < deadline:
            text = self.log.read_text()
            if words in text:
                return text
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"{words!r} is not in the log:\n{self.log.read_text()}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


@contextlib.contextmanager
def serving(data: Path, *arguments: str, command: str = "serve", **given: str) -> Iterator[Served]:
    """Serve on a free port until the block ends."""
    data.mkdir(parents=True, exist_ok=True)
    log = data / "serve.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", command, "--port", "0", *arguments],
            cwd=ROOT,
            env=environment(data, **given),
            stderr=file,
            stdout=file,
        )
    served = Served(process, 0, log)
    try:
        text = served.until("  data  ")
        served.port = int(text.partition("://127.0.0.1:")[2].split()[0])
        yield served
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
