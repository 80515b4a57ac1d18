"""`python -m benchmarks.recovery_houle SERVER TOKEN NAME`: a worker whose job has no end."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any, Final

from jobs.client import LeaseClient
from jobs.worker import Lease, Worker

KIND: Final = "errand"
POOL: Final = "errands"
_LONG: Final = 600.0


async def errand(_lease: Lease) -> Mapping[str, Any]:
    print("begun", flush=True)
    await asyncio.sleep(_LONG)
    return {}


async def main(server: str, token: str, name: str) -> None:
    async with LeaseClient(server, token) as client:
        await Worker(client, name, [POOL], {KIND: errand}).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3]))
