"""`houle worker`: does jobs for a server on another machine, by its address and a token alone.

It has no database, no store and no secret of the server's: inputs and outputs travel by the grant
of each job. SIGTERM hands the job in hand back; the attempt does not count.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import platform
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from jobs.client import LeaseClient
from jobs.granted_objects import GrantedObjects
from jobs.messages import ProtocolRefused, TokenRefused
from jobs.worker import Lease, NoRoom, Worker
from server.ingest_work import Ingest, sweep
from server.start_error import StartError
from server.version import houle_version
from server.worker_child import disown
from server.worker_settings import WorkerSettings
from transcoder.zygote import Zygote

NICE = 10

log = structlog.get_logger()


class WorkerRefused(StartError):
    """The server does not want this worker."""


class ScratchRefused(StartError):
    """The scratch folder cannot be used."""


def run(given: WorkerSettings) -> None:
    """Work until SIGTERM; StartError says why it cannot go on."""
    try:
        with _claimed(given.scratch):
            asyncio.run(_work(given))
    except (TokenRefused, ProtocolRefused) as error:
        raise WorkerRefused(str(error)) from error


async def _work(given: WorkerSettings) -> None:
    async with LeaseClient(given.server, given.token, version=houle_version()) as client:
        worker_id = name_of(given)
        zygote = await Zygote.start(nice=NICE)
        try:
            ingest = Ingest(given.scratch / "work", _objects_of(client), zygote)
            kinds = {"ingest": ingest}
            worker = Worker(
                client, worker_id, given.pools, kinds, require_room=_require_room(given)
            )
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, worker.stop)
            await disown(client, worker_id)
            log.info("working", server=given.server, worker=worker_id, sandbox=str(zygote.sandbox))
            await worker.run()
        finally:
            await zygote.close()


def _objects_of(client: LeaseClient) -> Callable[[Lease], GrantedObjects]:
    return lambda lease: client.objects(lease.job, lambda: lease.patience, lease.moving)


def name_of(given: WorkerSettings) -> str:
    """Return the worker's name: of this folder of this machine, the same after each start."""
    place = f"{platform.node()}\n{given.scratch.absolute()}".encode()
    return f"{platform.node()[:60]}-{hashlib.sha256(place).hexdigest()[:8]}"


@contextmanager
def _claimed(scratch: Path) -> Iterator[None]:
    """Hold the folder for this process alone, and clear what an earlier one left."""
    try:
        work = scratch / "work"
        work.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (scratch / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sweep(work)
            yield
    except BlockingIOError as error:
        words = f"Another houle worker uses {scratch}. Choose another folder with --scratch."
        raise ScratchRefused(words) from error
    except OSError as error:
        if error.filename is None or not str(error.filename).startswith(str(scratch)):
            raise
        words = f"The scratch folder {scratch} cannot be used ({error.strerror})."
        raise ScratchRefused(words) from error


def _require_room(given: WorkerSettings) -> Callable[[], Awaitable[None]]:
    async def require_room() -> None:
        usage = await asyncio.to_thread(shutil.disk_usage, given.scratch)
        if usage.free < given.room:
            raise NoRoom(f"{usage.free} bytes are free in {given.scratch}, {given.room} are wanted")

    return require_room
