"""The worker's side of `/internal/jobs`, over TCP or over the embedded server's Unix socket."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from jobs.answers import FIRST_PAUSE, LONGEST_PAUSE, require
from jobs.granted_objects import GrantedObjects
from jobs.messages import LEASE_SECONDS, PROTOCOL, Job, ServerAway

ANSWER_SECONDS = 10.0  # for everything but a claim, which waits on purpose
_SHORTEST_ANSWER = 1.0  # even at the very end of a lease


class LeaseClient:
    """Claims jobs and speaks of them; every call but a claim carries the lease's token.

    A server that is away (ServerAway) is asked again for `patience` seconds: each of these calls
    may be heard twice. LeaseLost and RequestRefused come at once.
    """

    def __init__(self, server: str | Path, token: str, *, version: str = "") -> None:
        """Take a base URL, or the path of a Unix socket; the version is shown to operators."""
        self._version = version
        socket = isinstance(server, Path)
        self._base = "http://houle" if socket else str(server).rstrip("/")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=str(server)) if socket else None,
            headers={"Authorization": f"Bearer {token}"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def claim(
        self, pools: Sequence[str], worker_id: str, wait_seconds: float = 20
    ) -> Job | None:
        """Wait for a job of these pools; None when there was none.

        Raises ServerAway, TokenRefused, and ProtocolRefused where the server is another version's.
        """
        body = {
            "pools": list(pools),
            "worker_id": worker_id,
            "wait_seconds": wait_seconds,
            "protocol": PROTOCOL,
            "version": self._version,
        }
        answer = await self._once("jobs/claim", body, ANSWER_SECONDS + wait_seconds)
        try:
            return Job.from_json(answer) if answer else None
        except (KeyError, TypeError, ValueError) as error:
            raise ServerAway(f"not a job: {sorted(answer)}") from error

    async def lost(self, worker_id: str) -> int:
        """Have the server take back what this worker held when it was killed; return how much."""
        answer = await self._once(f"workers/{worker_id}/lost", {}, ANSWER_SECONDS)
        return int(answer["jobs"])

    async def beat(
        self,
        job: Job,
        progress: float | None = None,
        step: str | None = None,
        *,
        patience: float = LEASE_SECONDS,
    ) -> bool:
        """Keep the lease for another term; True: somebody wants the job cancelled."""
        answer = await self._say(job, "beat", {"progress": progress, "step": step}, patience)
        return bool(answer.get("cancel"))

    async def report(
        self, job: Job, facts: Sequence[Mapping[str, Any]], *, patience: float = LEASE_SECONDS
    ) -> None:
        """Tell what was found and made; kept in one transaction with the lease's check."""
        await self._say(job, "report", {"facts": list(facts)}, patience)

    async def finish(
        self, job: Job, result: Mapping[str, Any], *, patience: float = LEASE_SECONDS
    ) -> None:
        await self._say(job, "finish", {"result": dict(result)}, patience)

    async def fail(
        self,
        job: Job,
        code: str,
        message: str,
        *,
        retryable: bool,
        patience: float = LEASE_SECONDS,
    ) -> None:
        told = {"code": code, "message": message, "retryable": retryable}
        await self._say(job, "fail", told, patience)

    async def release(self, job: Job, *, patience: float = LEASE_SECONDS) -> None:
        """Hand the job back unharmed: the attempt does not count."""
        await self._say(job, "release", {}, patience)

    def objects(
        self,
        job: Job,
        patience: Callable[[], float] = lambda: LEASE_SECONDS,
        moving: Callable[[], None] = lambda: None,
    ) -> GrantedObjects:
        """Return what the job reads and writes.

        `patience` says how long its lease may live; `moving` is told while bytes move.
        """
        address = f"{self._base}/internal/objects/{job.grant}"
        begun_before = job.token > 1
        return GrantedObjects(self._session, address, patience, moving, begun_before=begun_before)

    async def _say(
        self, job: Job, verb: str, body: dict[str, Any], patience: float
    ) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        pause = FIRST_PAUSE
        while True:
            seconds = min(ANSWER_SECONDS, max(deadline - loop.time(), _SHORTEST_ANSWER))
            try:
                said = {"token": job.token, **body}
                return await self._once(f"jobs/{job.id}/{verb}", said, seconds)
            except ServerAway:
                if loop.time() + pause >= deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _once(self, path: str, body: dict[str, Any], seconds: float) -> dict[str, Any]:
        address = f"{self._base}/internal/{path}"
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(address, json=body, timeout=timeout) as response:
                return await _understood(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise ServerAway(f"{address}: {type(error).__name__} {error}") from error


async def _understood(response: aiohttp.ClientResponse) -> dict[str, Any]:
    await require(response, 200, 204)
    return {} if response.status == 204 else dict(await response.json())
