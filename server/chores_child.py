"""The server's own worker: does the jobs that need the database, which it opens itself.

SIGTERM lets a chore end within a grace, or hands it back; the attempt does not count.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Awaitable, Mapping
from typing import Any

from jobs.worker import Lease, Work, Worker
from server import log
from server.database import Database, open_database
from server.http.worker import OWN_POOL
from server.jobs import CHORES, Chore, DirectQueue
from server.process import die_with_parent
from server.settings import Settings, load
from server.version import houle_version


def main() -> None:
    """Run as `python -m server.chores_child`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    given = parser.parse_args()
    die_with_parent(given.parent)
    log.configure("chores")
    asyncio.run(work(load(), CHORES))


async def work(settings: Settings, chores: Mapping[str, Chore]) -> None:
    """Work until SIGTERM."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # the supervisor's to answer
    database = open_database(settings.database_url)
    try:
        queue = DirectQueue(database, houle_version(), settings.lease_seconds)
        worker_id = f"{settings.worker_id}-chores"
        kinds = {name: _on(database, chore) for name, chore in chores.items()}
        worker = Worker(queue, worker_id, (OWN_POOL,), kinds)
        loop.add_signal_handler(signal.SIGTERM, worker.stop)
        await queue.disown(worker_id)
        await worker.run()
    finally:
        await database.close()


def _on(database: Database, chore: Chore) -> Work:
    def run(lease: Lease) -> Awaitable[Mapping[str, Any]]:
        return chore(database, lease)

    return run


if __name__ == "__main__":
    main()
