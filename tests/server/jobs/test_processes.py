"""Several processes on one database file: no job is leased twice, none is lost."""

import asyncio
import subprocess
import sys
from pathlib import Path

from server.jobs import NewJob, enqueue
from tests.server.tracks.studio import Studio

ROOT = Path(__file__).parents[3]
JOBS = 120
CLAIM_ALL = """
import asyncio, sys
from server.database import Database, open_database
from server.jobs import store
from server.jobs.model import Claimant

async def main():
    database = open_database(sys.argv[1])
    claimant = Claimant(worker_id=sys.argv[2], pools=["errands"])
    while job := await database.write(store.claim, claimant):
        print(job.id)
    await database.close()

asyncio.run(main())
"""


async def test_three_processes_share_out_the_jobs(studio: Studio) -> None:
    added = [
        await studio.database.write(enqueue, NewJob(kind="errand", pool="errands", payload={}))
        for _ in range(JOBS)
    ]

    def claim(name: str) -> list[str]:
        command = [sys.executable, "-c", CLAIM_ALL, studio.database.url, name]
        ended = subprocess.run(
            command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
        )
        return ended.stdout.split()

    async with asyncio.TaskGroup() as group:
        claims = [group.create_task(asyncio.to_thread(claim, name)) for name in "abc"]

    leased = [job for task in claims for job in task.result()]
    assert sorted(leased) == sorted(added)
