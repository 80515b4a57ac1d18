"""The embedded worker: claims jobs of its own server and has them done by niced children.

It holds no database connection. SIGTERM hands the job in hand back; the attempt does not count.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from jobs.client import LeaseClient
from jobs.messages import ServerAway
from jobs.worker import Lease, Worker
from server import log, worker_note
from server.http.worker import embedded_worker_token
from server.ingest_work import Ingest, sweep
from server.media import open_storage
from server.process import die_with_parent
from server.settings import Settings, load
from server.stored_objects import StoredObjects
from server.version import houle_version
from storage import Storage, keys
from transcoder.zygote import Zygote

NICE = 10
POOLS = ("cpu",)
RETRY_SECONDS = 0.1


def main() -> None:
    """Run as `python -m server.worker_child`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    given = parser.parse_args()
    die_with_parent(given.parent)
    log.configure("worker")
    asyncio.run(work(load()))


async def work(settings: Settings) -> None:
    """Work until SIGTERM."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # the supervisor's to answer
    sweep(settings.work_dir)
    token = embedded_worker_token(settings.secret_key)
    async with LeaseClient(settings.serve_socket, token, version=houle_version()) as client:
        async with asyncio.TaskGroup() as group:
            group.create_task(disown(client, settings.worker_id))
            started = group.create_task(Zygote.start(nice=NICE))
        zygote = started.result()
        try:
            ingest = Ingest(
                settings.work_dir, objects_of(open_storage(settings.storage_url)), zygote
            )
            worker = Worker(client, settings.worker_id, POOLS, {"ingest": ingest})
            loop.add_signal_handler(signal.SIGTERM, worker.stop)
            await _noted(worker, settings, zygote)
        finally:
            settings.worker_note.unlink(missing_ok=True)
            await zygote.close()


def objects_of(storage: Storage) -> Callable[[Lease], StoredObjects]:
    """Return what gives the work of a lease its track's files."""
    return lambda lease: StoredObjects(storage, keys.track(str(lease.job.payload["track_id"])))


async def disown(client: LeaseClient, worker_id: str) -> None:
    """Have the server take back what this worker held when it was killed, once it is up."""
    while True:
        with suppress(ServerAway):
            await client.lost(worker_id)
            return
        await asyncio.sleep(RETRY_SECONDS)


async def _noted(worker: Worker, settings: Settings, zygote: Zygote) -> None:
    """Run the worker while its note is kept fresh."""

    def sandbox() -> str:
        return str(zygote.sandbox)  # a child may lack more than the trial at the start did

    async with asyncio.TaskGroup() as group:
        note = group.create_task(worker_note.keep(settings.worker_note, sandbox))
        sys.stdout.write(json.dumps({"sandbox": sandbox()}) + "\n")
        sys.stdout.flush()
        await worker.run()
        note.cancel()


if __name__ == "__main__":
    main()
