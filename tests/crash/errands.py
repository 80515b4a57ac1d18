"""A worker in a process of its own, that can be killed, frozen and drained: `URL TOKEN NAME`.

It writes a line for all that the server acknowledged. An errand takes as long as its payload says;
what it must do beside is in there, too.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from jobs.client import LeaseClient
from jobs.messages import Job
from jobs.worker import Lease, Worker

POOL = "errands"


class Told(LeaseClient):
    """Says what the server has taken from us."""

    async def finish(self, job: Job, result: Mapping[str, Any], *, patience: float = 15) -> None:
        await super().finish(job, result, patience=patience)
        say("finished", job.id)


async def errand(lease: Lease) -> Mapping[str, Any]:
    say("began", lease.job.id)
    if lease.job.payload.get("poison"):
        os.kill(os.getpid(), signal.SIGKILL)
    for _ in range(int(lease.job.payload["steps"])):
        await asyncio.sleep(0.05)
        lease.sign()
    return {"attempt": lease.job.attempt}


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


async def main(url: str, token: str, name: str) -> None:
    async with Told(url, token) as client:
        worker = Worker(client, name, [POOL], {"errand": errand}, grace_seconds=0)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
        await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
