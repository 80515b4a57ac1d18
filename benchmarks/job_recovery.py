"""N12: how long after the kill -9 of its worker a job runs again, here and elsewhere."""

import asyncio
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection

from benchmarks import songs
from benchmarks.client import Client
from benchmarks.extent import Extent
from benchmarks.interleaved import NotMeasured, spread
from benchmarks.recovery_houle import KIND, POOL
from benchmarks.section import Section, verdict
from server import workers
from server.database import open_database
from server.jobs import NewJob, enqueue
from tests.end_to_end.houle import Server, access_token
from tests.postgresql import PostgresqlServer, postgresql_server

MOST: Final = 22.0  # seconds
SEEN_MOST: Final = 1.0
PEERS: Final = ("saq", "procrastinate")
_PATIENCE: Final = 100.0
_SONG_SECONDS: Final = 60

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Subject:
    """A queue with one job, and how to start a worker for it."""

    name: str
    add: Callable[[], object]
    worker: Sequence[str]  # a module of ours with its arguments


def measure(extent: Extent, folder: Path) -> Section:
    with ExitStack() as opened:
        subjects, missing = _subjects(folder, opened, extent)
        with ThreadPoolExecutor(len(subjects)) as aside:
            # Side by side: they only wait.
            again = list(aside.map(lambda each: _recoveries(each, extent.kills), subjects))
    rows = [
        _row("N12" if number < 2 else "", subject.name, times, MOST)
        for number, (subject, times) in enumerate(zip(subjects, again, strict=True))
    ]
    seen = [_seen(folder / f"embedded-{n}") for n in range(len(extent.kills))]
    rows.append(_row("N12", "Houle, embedded worker: its exit is noted", seen, SEEN_MOST))
    return Section(
        title="A job whose worker is killed (N12)",
        columns=("goal", "queue", "runs again after, s", "each, s", "wanted, s", ""),
        rows=rows,
        notes=(*_notes(extent), *missing),
    )


def _notes(extent: Extent) -> Sequence[str]:
    when = ", ".join(f"{each:g}" for each in extent.kills)
    return (
        f"Two idle workers, one job without an end; the group of processes that has it is killed "
        f"{when} s after it began, for the first time, and the other one begins it. All queues "
        "side by side. The goal is held against the longest.",
        "Houle: `houle serve` and workers over HTTP, as they come: a lease of 15 s that is renewed "
        "every 5, 5 s of rest after a loss. SAQ on PostgreSQL: a heartbeat of 10 s, a word every "
        "5, swept every 5; its default finds no long job at all. Procrastinate as it comes, beats "
        "of 10 s, dead after 30, with a sweep of ours every 10 s and 5 s of rest.",
        f"Embedded: the worker child of `houle serve` is killed while it does a song of "
        f"{_SONG_SECONDS} s, until the job's history says that it was lost. The worker's "
        "successor says so, once its process has started.",
    )


def _row(goal: str, name: str, times: Sequence[float], most: float) -> Sequence[str]:
    each = ", ".join(f"{seconds:.1f}" for seconds in times)
    judged = (f"≤ {most:g}", verdict(max(times), most)) if goal else ("", "")
    return (goal, name, spread(times), each, *judged)


def _subjects(
    folder: Path, opened: ExitStack, extent: Extent
) -> tuple[Sequence[Subject], Sequence[str]]:
    """Return what is measured, and a note for each peer that is not there."""
    database = opened.enter_context(postgresql_server())
    database.run("CREATE DATABASE houle")
    found = [
        opened.enter_context(_houle("Houle, SQLite", folder / "sqlite", {})),
        opened.enter_context(
            _houle(
                "Houle, PostgreSQL",
                folder / "postgresql",
                {"HOULE_DATABASE_URL": database.url("houle")},
            )
        ),
    ]
    missing = []
    for peer in PEERS if extent.peers else ():
        if find_spec(peer) is None:
            missing.append(f"Not measured: {peer} is missing; `make bench` installs it.")
        else:
            found.append(_peer(peer, database))
    return found, missing


@contextmanager
def _houle(name: str, data: Path, environment: dict[str, str]) -> Iterator[Subject]:
    server = Server(data, environment=environment)
    server.start()
    url = environment.get("HOULE_DATABASE_URL", f"sqlite:///{data}/houle.db")
    try:
        token = asyncio.run(_on(url, lambda c: workers.create_token(c, "errands", [POOL])))
        command = ("benchmarks.recovery_houle", server.url, token)
        new = NewJob(kind=KIND, pool=POOL, payload={})
        yield Subject(name, lambda: asyncio.run(_on(url, lambda c: enqueue(c, new))), command)
    finally:
        server.stop()


async def _on(url: str, change: Callable[[Connection], T]) -> T:
    database = open_database(url)
    try:
        return await database.write(change)
    finally:
        await database.close()


def _peer(peer: str, database: PostgresqlServer) -> Subject:
    database.run(f"CREATE DATABASE {peer}")
    url = database.url(peer).replace("+asyncpg", "")
    module = f"benchmarks.recovery_{peer}"

    def add() -> None:
        command = [sys.executable, "-m", module, url, "add"]
        subprocess.run(command, check=True, timeout=_PATIENCE)

    return Subject(f"{peer} {version(peer)}, PostgreSQL", add, (module, url, "work"))


def _recoveries(subject: Subject, kills: Sequence[float]) -> Sequence[float]:
    """Kill the worker that has a job, each time that of another job; the one beside it gets it."""
    times = []
    with ExitStack() as opened:
        for number, after in enumerate(kills):
            subject.add()
            pair = [opened.enter_context(_worker(subject, 2 * number + n)) for n in range(2)]
            busy = _begun(subject.name, pair)
            time.sleep(after)
            os.killpg(busy.pid, signal.SIGKILL)
            killed = time.monotonic()
            pair.remove(busy)
            _begun(subject.name, pair)  # and it keeps the job to the end
            times.append(time.monotonic() - killed)
    return times


@contextmanager
def _worker(subject: Subject, number: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker with a process group of its own, which ends with the block."""
    given = [*subject.worker, f"worker-{number}"]
    worker = subprocess.Popen(
        [sys.executable, "-m", *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()


def _begun(name: str, living: Sequence[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Wait for the worker that says that it has begun the job."""
    poll = select.poll()
    by_pipe = {}
    for worker in living:
        assert worker.stdout is not None
        poll.register(worker.stdout, select.POLLIN)
        by_pipe[worker.stdout.fileno()] = worker
    for pipe, _event in poll.poll(1000 * _PATIENCE):
        worker = by_pipe[pipe]
        if os.read(pipe, 100).startswith(b"begun"):
            return worker
        raise NotMeasured(f"{name}: a worker ended with {worker.wait()}")
    raise NotMeasured(f"{name}: its job did not begin within {_PATIENCE:.0f} s")


def _seen(data: Path) -> float:
    """Kill the embedded worker in the middle of a song; return when its job was taken back."""
    song = songs.song(data.parent, "song.wav", _SONG_SECONDS)
    server = Server(data)
    server.start()
    try:
        Client(server.port, access_token(server)).upload(song)
        _told(data, "begun")
        os.kill(server.children()["worker_child"], signal.SIGKILL)
        killed = time.time()
        return _told(data, "lost") / 1000 - killed
    finally:
        server.stop()


def _told(data: Path, what: str) -> int:
    """Wait until the history says so; return when, by the database's clock, in milliseconds."""
    asked = "SELECT at FROM job_events WHERE type = ?"
    until = time.monotonic() + _PATIENCE
    with closing(sqlite3.connect(f"file:{data}/houle.db?mode=ro", uri=True)) as reader:
        while time.monotonic() < until:
            if row := reader.execute(asked, (what,)).fetchone():
                return int(row[0])
            time.sleep(0.02)
    raise NotMeasured(f"no job was {what} within {_PATIENCE:.0f} s")
