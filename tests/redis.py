"""A Redis server of the tests' own: a free port, nothing kept."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port

_PATIENCE = 10.0


@dataclass
class RedisServer:
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/3"

    def start(self) -> None:
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
            "logfile": str(self.folder / "server.log"),
        }
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        # it shall not outlive the tests
        command = ["setpriv", "--pdeathsig", "KILL", "redis-server", *given]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.sendall(b"PING\r\n")
                if probe.recv(5) == b"+PONG":
                    return
            assert time.monotonic() < until, (self.folder / "server.log").read_text()
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(_PATIENCE)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Serve until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="houle-redis-"))
    server = RedisServer(folder)
    try:
        server.start()
        yield server
    finally:
        if server.process is not None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)
