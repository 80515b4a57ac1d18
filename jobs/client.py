"""The worker's side of `/internal/jobs`, over TCP or over the embedded server's Unix socket."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from jobs.messages import Job, LeaseLost, ServerAway

ANSWER_SECONDS = 10  # for everything but a claim, which waits on purpose
_TRIES = 4
_PAUSE_SECONDS = 0.25  # doubled each time: a server that restarts is back within these


class LeaseClient:
    """Claims jobs and speaks of them; every call but a claim carries the lease's token."""

    def __init__(self, server: str | Path, token: str) -> None:
        """Take a base URL, or the path of a Unix socket."""
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
        """Wait for a job of these pools; None when there was none. Raises ServerAway."""
        body = {"pools": list(pools), "worker_id": worker_id, "wait_seconds": wait_seconds}
        answer = await self._once("claim", body, ANSWER_SECONDS + wait_seconds)
        return Job.from_json(answer) if answer else None

    async def beat(self, job: Job, progress: float | None = None, step: str | None = None) -> bool:
        """Keep the lease for another term; True: somebody wants the job cancelled."""
        answer = await self._say(job, "beat", {"progress": progress, "step": step})
        return bool(answer.get("cancel"))

    async def report(self, job: Job, facts: Sequence[Mapping[str, Any]]) -> None:
        """Tell what was found and made; kept in one transaction with the lease's check."""
        await self._say(job, "report", {"facts": list(facts)})

    async def finish(self, job: Job, result: Mapping[str, Any]) -> None:
        await self._say(job, "finish", {"result": dict(result)})

    async def fail(self, job: Job, code: str, message: str, *, retryable: bool) -> None:
        await self._say(job, "fail", {"code": code, "message": message, "retryable": retryable})

    async def release(self, job: Job) -> None:
        """Hand the job back unharmed: the attempt does not count."""
        await self._say(job, "release", {})

    async def _say(self, job: Job, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        """Say it until it is heard: each of these may be said twice."""
        pause = _PAUSE_SECONDS
        for _ in range(_TRIES - 1):
            try:
                return await self._once(f"{job.id}/{verb}", {"token": job.token, **body})
            except ServerAway:
                await asyncio.sleep(pause)
                pause *= 2
        return await self._once(f"{job.id}/{verb}", {"token": job.token, **body})

    async def _once(
        self, path: str, body: dict[str, Any], seconds: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        address = f"{self._base}/internal/jobs/{path}"
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(address, json=body, timeout=timeout) as response:
                return await _understood(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServerAway(f"{address}: {type(error).__name__} {error}") from error


async def _understood(response: aiohttp.ClientResponse) -> dict[str, Any]:
    if response.status in {404, 409}:
        raise LeaseLost(await response.text())
    if response.status == 204:
        return {}
    if response.status != 200:
        raise ServerAway(f"{response.url.path} answered {response.status}")
    return dict(await response.json())
