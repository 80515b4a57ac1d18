"""What server and worker say to each other of a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROTOCOL = 2  # of what worker and server say to each other; both must speak the same
LEASE_SECONDS = 15  # unless the server says otherwise
BEATS = 3  # in a lease: two may be lost before it lapses


class LeaseLost(Exception):
    """Another has the job now, or nobody: whatever this worker still does of it is void."""


class ServerAway(Exception):
    """The server did not answer, or not in words we know; trying again may help."""


class ServerFull(Exception):
    """The server has no room for what was made; later it may have."""


class RequestRefused(Exception):
    """The server understood and refused: a wrong token, or a bug. Again would be the same."""


class TokenRefused(RequestRefused):
    """The token is no worker's, or was revoked."""


class ProtocolRefused(RequestRefused):
    """Worker and server are of versions that do not understand each other."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job under lease; the token is what proves the lease."""

    id: str
    kind: str
    pool: str
    token: int
    attempt: int  # counted from 1
    payload: Mapping[str, Any]
    lease_seconds: float
    grant: str  # opens the job's objects at `/internal/objects/{grant}/…`

    @classmethod
    def from_json(cls, message: Mapping[str, Any]) -> "Job":
        return cls(
            id=str(message["id"]),
            kind=str(message["kind"]),
            pool=str(message["pool"]),
            token=int(message["token"]),
            attempt=int(message["attempt"]),
            payload=dict(message["payload"]),
            lease_seconds=float(message["lease_seconds"]),
            grant=str(message["grant"]),
        )
