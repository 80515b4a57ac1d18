"""A real `houle serve` with short leases, workers that share nothing with it, and jobs for them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, text

from server.database import migrate, open_database
from server.http.worker import embedded_worker_token
from server.jobs import JOBS, NewJob, enqueue
from tests.crash.errands import POOL
from tests.end_to_end.houle import ROOT, Server
from tests.postgresql import postgresql_server
from tests.server.conftest import aside

SECRET = "0123456789abcdef0123456789abcdef"
LEASE_SECONDS = 2.0
PATIENCE = 150.0

T = TypeVar("T")


@dataclass
class Workshop:
    server: Server
    url: str  # of the database
    folder: Path
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def read(self, statement: str, **values: object) -> list[Any]:
        """Ask the database itself; what the server says is under test."""

        async def asked() -> list[Any]:
            database = open_database(self.url)
            try:
                return await database.read(lambda c: list(c.execute(text(statement), values)))
            finally:
                await database.close()

        return aside(asked())

    def add(self, count: int = 1, **payload: object) -> list[str]:
        def every(connection: Connection) -> list[str]:
            new = NewJob(kind="errand", pool=POOL, payload={"steps": 4, **payload})
            return [enqueue(connection, new) for _ in range(count)]

        return self.change(every)

    def change(self, change: Callable[[Connection], T]) -> T:
        async def changed() -> T:
            database = open_database(self.url)
            try:
                return await database.write(change)
            finally:
                await database.close()

        return aside(changed())

    def clear(self) -> None:
        """Begin without a job, and with nothing told."""
        self.change(lambda connection: connection.execute(delete(JOBS)))
        for name in ("told", "log"):
            (self.folder / name).write_bytes(b"")

    def dismiss(self) -> None:
        """End every worker."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
            worker.wait()

    def start_worker(self, *, clock: str | None = None) -> "subprocess.Popen[bytes]":
        """Start one, whose clock may be wrong, as libfaketime writes it."""
        name = f"worker-{len(self.workers)}"
        token = embedded_worker_token(SECRET.encode())
        command = [sys.executable, "-m", "tests.crash.errands"]
        with (self.folder / "told").open("ab") as told, (self.folder / "log").open("ab") as log:
            worker = subprocess.Popen(
                [*command, self.server.url, token, name],
                cwd=ROOT,
                env={**os.environ, **(_wrong(clock) if clock else {})},
                stdout=told,
                stderr=log,
            )
        self.workers.append(worker)
        return worker

    def restart_server(self) -> None:
        """Kill it and all that is below it, as a power cut would; the operator starts it again."""
        assert self.server.process is not None
        self.server.process.kill()
        self.server.process.wait()
        self.server.start()

    def told(self, word: str) -> list[str]:
        """Return the jobs of which workers said it, once for each time."""
        lines = (self.folder / "told").read_text().splitlines()
        return [line.split()[1] for line in lines if line.startswith(word)]

    def log(self) -> str:
        """Return what workers wrote about themselves."""
        return (self.folder / "log").read_text()

    def are_dead(self) -> bool:
        return all(worker.poll() is not None for worker in self.workers)

    def states(self) -> dict[str, str]:
        return {row.id: row.state for row in self.read("SELECT id, state FROM jobs")}

    def attempts(self, job: str) -> int:
        (row,) = self.read("SELECT attempt FROM jobs WHERE id = :id", id=job)
        return int(row.attempt)

    def history(self, job: str) -> list[str]:
        rows = self.read("SELECT type FROM job_events WHERE job_id = :id ORDER BY id", id=job)
        return [row.type for row in rows]

    def until(self, reached: Callable[[], T], patience: float = PATIENCE) -> T:
        """Wait for what becomes true by itself, and return it."""
        deadline = time.monotonic() + patience
        while not (found := reached()):
            assert time.monotonic() < deadline, (self.states(), self.server.log())
            time.sleep(0.05)
        return found

    def until_over(self) -> None:
        ended = {"succeeded", "failed", "cancelled"}
        self.until(lambda: set(self.states().values()) <= ended)

    def require_each_done_once(self, jobs: list[str]) -> None:
        """Nothing is lost, and nothing was finished twice: by the rows and by the workers."""
        states = self.states()
        assert {job: states[job] for job in jobs} == dict.fromkeys(jobs, "succeeded")
        for job in jobs:
            assert self.history(job).count("succeeded") == 1, self.history(job)
        heard = self.told("finished")
        assert len(heard) == len(set(heard))


def _wrong(clock: str) -> dict[str, str]:
    """Not by the `faketime` command, which would outlive the worker's death."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    return {"LD_PRELOAD": str(library), "FAKETIME": clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@contextmanager
def engine(name: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database."""
    if name == "sqlite":
        yield f"sqlite:///{folder}/houle.db"
        return
    with postgresql_server() as server:
        server.run("CREATE DATABASE houle")
        yield server.url("houle")


@contextmanager
def workshop(folder: Path, url: str, **environment: str) -> Iterator[Workshop]:
    folder.mkdir()
    migrate(url)
    given = {
        "HOULE_DATABASE_URL": url,
        "HOULE_SECRET_KEY": SECRET,
        "HOULE_EMBEDDED_WORKER": "false",
        "HOULE_LEASE_SECONDS": str(LEASE_SECONDS),
        **environment,
    }
    with Server(folder / "data", environment=given) as server:
        shop = Workshop(server, url, folder)
        shop.clear()
        try:
            yield shop
        finally:
            shop.dismiss()
