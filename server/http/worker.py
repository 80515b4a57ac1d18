"""Who works: the worker whose token a request to `/internal` shows.

The workers slice proves it and fills `app[AUTHENTICATE_WORKER]`; everyone else only reads.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web

from server.errors import Forbidden

OWN_POOL = "server"  # jobs for which one needs the database; no token is for them


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """What a worker's token stands for."""

    holder: str  # of the leases that it takes: the token's id
    name: str
    pools: frozenset[str] | None  # None: all but the server's own

    def require_pools(self, pools: Sequence[str]) -> None:
        """Refuse pools that the token is not for."""
        others = {OWN_POOL} & set(pools) if self.pools is None else set(pools) - self.pools
        if others:
            raise Forbidden(f"This worker token is not for the pool {', '.join(sorted(others))}.")


AuthenticateWorker: TypeAlias = Callable[[str], Awaitable[WorkerIdentity | None]]

WORKER = web.RequestKey("worker", WorkerIdentity)

# None where the token is not, or no longer, a worker's.
AUTHENTICATE_WORKER: web.AppKey[AuthenticateWorker] = web.AppKey("authenticate_worker")


def worker(request: web.Request) -> WorkerIdentity:
    """Return who works, on a route of `Access.WORKER`."""
    return request[WORKER]


def embedded_worker_token(secret_key: bytes) -> str:
    """Return the token by which the worker child of this server proves itself."""
    return hmac.new(secret_key, b"embedded-worker", hashlib.sha256).hexdigest()
