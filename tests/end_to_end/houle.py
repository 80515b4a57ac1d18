"""A real `houle serve` on a free port, and a person who uses it over HTTP."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PASSWORD = "a swell of the sea 7"


@dataclass
class Server:
    """The `houle serve` process, its address and its data folder."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "cli.main", "serve", "--port", str(self.port)]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOULE_")},
            "HOULE_DATA_DIR": str(self.data),
            "HOULE_ADMIN_PASSWORD": PASSWORD,
            **self.environment,
        }
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._wait()

    def _wait(self) -> None:
        assert self.process is not None
        until = time.monotonic() + 40
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self._ready():
                    return
            time.sleep(0.05)
        pytest.fail(f"houle serve did not start:\n{self.log()}")

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200

    def log(self) -> str:
        return (self.data / "serve.log").read_text()[-6000:]

    def children(self) -> dict[str, int]:
        """Role by process id of everything below the supervisor, as /proc tells it."""
        assert self.process is not None
        found: dict[str, int] = {}
        parents = {self.process.pid}
        while parents:
            below = {
                int(child)
                for pid in parents
                for task in Path(f"/proc/{pid}/task").glob("*/children")
                for child in task.read_text().split()
            }
            for pid in below:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                for role in ("serve_child", "worker_child", "zygote_main"):
                    if role in command:
                        name = role if role not in found else f"{role} fork"
                        found[name] = pid
            parents = below
        return found

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Drain it, and see that it ended well; after a failure only that it ended."""
        status = self.stop()
        assert status == 0 or kind is not None, self.log()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


@dataclass
class Person:
    """Somebody signed in, over the public HTTP API alone."""

    http: aiohttp.ClientSession
    url: str

    async def upload(self, path: Path, **fields: str) -> str:
        form = aiohttp.FormData(fields)
        with path.open("rb") as file:
            form.add_field("file", file, filename=path.name)
            async with self.http.post(f"{self.url}/api/v1/tracks", data=form) as response:
                answer = await response.json()
                assert response.status == 202, answer
                assert response.headers["Location"].endswith(answer["id"])
        return str(answer["id"])

    async def track(self, track: str) -> dict[str, Any]:
        async with self.http.get(f"{self.url}/api/v1/tracks/{track}") as response:
            assert response.status == 200
            return dict(await response.json())

    async def events(self, track: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        address = f"{self.url}/api/v1/tracks/{track}/events"
        async with self.http.get(address, timeout=aiohttp.ClientTimeout(sock_read=40)) as response:
            assert response.content_type == "text/event-stream"
            name = "message"
            async for raw in response.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("event:"):
                    name = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    yield name, json.loads(line.removeprefix("data:"))

    async def wait(self, track: str) -> dict[str, Any]:
        """Follow the server's own events to their end, and return the track as it is then."""
        async for _ in self.events(track):
            pass
        return await self.track(track)

    async def ready(self, path: Path, **fields: str) -> dict[str, Any]:
        track = await self.wait(await self.upload(path, **fields))
        assert track["state"] == "ready", track
        assert all(each["finished"] for each in track["renditions"])
        return track


def access_token(server: Server) -> str:
    """A token from the shell, as a script of the operator would take one."""
    command = [sys.executable, "-m", "cli.main", "token", "admin"]
    environment = {**os.environ, "HOULE_DATA_DIR": str(server.data), **server.environment}
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    return answer.stdout.strip().splitlines()[-1].strip()


async def sign_in(server: Server) -> Person:
    token = access_token(server)
    return Person(aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}), server.url)
