"""`python -m benchmarks.recovery_saq URL add|work`: the same errand for a worker of SAQ.

A job must live within 10 s of its last word, and says one every 5; the dead are looked for every
5 s. By default SAQ looks once a minute, and a long job without a heartbeat is never found.
"""

import asyncio
import sys
from importlib import import_module
from typing import Any, Final

HEARTBEAT: Final = 10  # seconds
WORD: Final = 5.0
SWEEP: Final = 5


async def errand(context: dict[str, Any]) -> None:
    print("begun", flush=True)
    while True:
        await asyncio.sleep(WORD)
        await context["job"].update()


async def main(url: str, task: str) -> None:
    saq = import_module("saq")  # in the venv of `make bench` alone, not where types are checked
    queue = saq.Queue.from_url(url)
    await queue.connect()
    if task == "work":
        functions, timers = [("errand", errand)], {"sweep": SWEEP}
        await saq.Worker(queue, functions=functions, concurrency=1, timers=timers).start()
        return
    await queue.enqueue("errand", heartbeat=HEARTBEAT, timeout=0, retries=4)
    await queue.disconnect()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
