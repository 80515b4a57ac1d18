"""A PostgreSQL server of the tests' own: a free port, a folder that goes with it.

Nothing of it survives a power cut, unless that is what is to be measured.
"""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from tests.ports import free_port

USER = "houle"
_PATIENCE = 30.0
_ROOM = 2 << 30


@dataclass
class PostgresqlServer:
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    durable: bool = False

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://{USER}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
        }
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        given = [f"-c{name}={value}" for name, value in options.items()]
        command = [_program("postgres"), "-D", str(self.folder), "-p", str(self.port), *given]
        log = (self.folder / "server.log").open("ab")
        with log:
            self.process = subprocess.Popen([*_as_nobody_special(), *command], stderr=log)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.run("SELECT 1")
            except (OSError, asyncpg.PostgresError):
                assert time.monotonic() < until, (self.folder / "server.log").read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self, *, gracefully: bool = True) -> None:
        """Stop it: sessions are ended, or, as a crash would, left as they are."""
        assert self.process is not None
        self.process.send_signal(2 if gracefully else 3)  # fast, immediate
        self.process.wait(_PATIENCE)

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements one by one, each on its own."""

        async def running() -> None:
            url = self.url(database).replace("+asyncpg", "")
            connection = await asyncpg.connect(url, timeout=5, ssl=False)
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as aside:  # this thread's event loop may be pytest's
            aside.submit(asyncio.run, running()).result()


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[PostgresqlServer]:
    """Make a cluster and serve it; it is gone afterwards. A durable one has fsync, on a disk."""
    # not pytest's own folder: that is closed to the user that the server must run as
    place = None if durable else _quick_disk()
    folder = Path(tempfile.mkdtemp(prefix="houle-postgresql-", dir=place))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        made = [_program("initdb"), "-D", str(folder), "-U", USER, "--auth=trust", "--no-sync"]
        subprocess.run(
            [*_as_nobody_special(), *made, "--encoding=UTF8", "--locale=C.UTF-8"],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        server = PostgresqlServer(folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            with suppress(ProcessLookupError):
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _quick_disk() -> str | None:
    """Prefer memory: to drop a database is a checkpoint, and there is one for each test."""
    shared = Path("/dev/shm")
    roomy = shared.is_dir() and shutil.disk_usage(shared).free > _ROOM
    return str(shared) if roomy else None


def _as_nobody_special() -> list[str]:
    """PostgreSQL refuses root; and it shall not outlive the tests."""
    command = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        command += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    return command


def _program(name: str) -> str:
    """Debian keeps the server's programs out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name) or name
