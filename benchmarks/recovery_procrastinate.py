"""`python -m benchmarks.recovery_procrastinate URL add|work`: the same errand for Procrastinate.

Its workers beat every 10 s and are dead after 30 without; that is its default. What runs their jobs
again is a task of the operator's, here every 10 s.
"""

import asyncio
import sys
from importlib import import_module
from typing import Any, Final

STALE: Final = 30  # seconds
SWEEP: Final = "* * * * * */10"  # every 10 s: the last field is of seconds
ERRANDS, SWEEPS = "errands", "sweeps"  # queues
_LONG: Final = 600.0


def made(url: str) -> Any:  # noqa: ANN401 -- its types are not where types are checked
    procrastinate = import_module("procrastinate")  # in the venv of `make bench` alone
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    async def errand() -> None:
        print("begun", flush=True)
        await asyncio.sleep(_LONG)

    async def sweep(_context: object, timestamp: int) -> None:  # noqa: ARG001 -- it is given
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALE)
        for job in stalled:
            await app.job_manager.retry_job(job)

    again = procrastinate.RetryStrategy(max_attempts=4, wait=5)
    app.task(name="errand", queue=ERRANDS, retry=again)(errand)
    swept = app.task(name="sweep", queue=SWEEPS, queueing_lock="sweep", pass_context=True)(sweep)
    app.periodic(cron=SWEEP)(swept)
    return app


async def main(url: str, task: str) -> None:
    app = made(url)
    async with app.open_async():
        if task == "work":
            async with asyncio.TaskGroup() as group:  # whoever has an errand sweeps all the same
                for queue in (ERRANDS, SWEEPS):
                    worker = app.run_worker_async(queues=[queue], install_signal_handlers=False)
                    group.create_task(worker)
            return
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        await app.configure_task("errand").defer_async()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
