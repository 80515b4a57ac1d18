"""The worker's side of `/internal/jobs`, over TCP or over the embedded server's Unix socket."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from jobs.messages import (
    LEASE_SECONDS,
    PROTOCOL,
    Job,
    LeaseLost,
    ProtocolRefused,
    RequestRefused,
    ServerAway,
    TokenRefused,
)

ANSWER_SECONDS = 10.0  # for everything but a claim, which waits on purpose
_SHORTEST_ANSWER = 1.0  # even at the very end of a lease
_FIRST_PAUSE = 0.1  # seconds; doubled each time
_LONGEST_PAUSE = 2.0
_TRY_AGAIN = {408, 429}  # of the answers that blame the asker, those that pass


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

    async def _say(
        self, job: Job, verb: str, body: dict[str, Any], patience: float
    ) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        pause = _FIRST_PAUSE
        while True:
            seconds = min(ANSWER_SECONDS, max(deadline - loop.time(), _SHORTEST_ANSWER))
            try:
                said = {"token": job.token, **body}
                return await self._once(f"jobs/{job.id}/{verb}", said, seconds)
            except ServerAway:
                if loop.time() + pause >= deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _once(self, path: str, body: dict[str, Any], seconds: float) -> dict[str, Any]:
        address = f"{self._base}/internal/{path}"
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(address, json=body, timeout=timeout) as response:
                return await _understood(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise ServerAway(f"{address}: {type(error).__name__} {error}") from error


async def _understood(response: aiohttp.ClientResponse) -> dict[str, Any]:
    if response.status in {404, 409}:
        raise LeaseLost(await response.text())
    if response.status == 204:
        return {}
    if 400 <= response.status < 500 and response.status not in _TRY_AGAIN:
        raise await _refusal(response)
    if response.status != 200:
        raise ServerAway(f"{response.url.path} answered {response.status}")
    return dict(await response.json())


async def _refusal(response: aiohttp.ClientResponse) -> RequestRefused:
    if response.status == 401:
        return TokenRefused("The server does not know this worker token.")
    if response.content_type != "application/problem+json":
        return RequestRefused(f"{response.url.path} answered {response.status}")
    problem = await response.json(content_type=None)
    kind = ProtocolRefused if problem["type"].endswith(":protocol-refused") else RequestRefused
    return kind(f"{problem['detail']} ({response.url.path} answered {response.status})")
