"""What a grant opens: looked up for every request, so that it ends with its lease."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.database import DATABASE
from server.errors import Forbidden, NotFound
from server.jobs import grants, store
from server.jobs.kinds import KINDS, Objects, kind_of
from server.jobs.model import Lease
from server.settings import SETTINGS


class GrantNotFound(NotFound):
    """The address has no grant of this server."""


class NotGranted(Forbidden):
    """The grant does not open an object of this name."""


@dataclass(frozen=True, slots=True)
class Granted:
    """The objects of a lease that is kept at this moment."""

    lease: Lease
    objects: Objects

    def key_to_write(self, name: str) -> str:
        """Return the key of an object that the worker may make."""
        pattern = self.objects.writes
        if name in self.objects.reads or pattern is None or pattern.fullmatch(name) is None:
            raise NotGranted("This job makes nothing of this name.")
        return f"{self.objects.folder}/{name}"

    def part(self, name: str) -> str:
        """Name what has come of an object: no other lease of the job can go on with it."""
        return f"{self.lease.job_id}/{self.lease.token}/{self.lease.holder}/{name}"


async def granted(request: web.Request) -> Granted:
    """Return what the request's grant opens; LeaseLost when it was for a lease that is over."""
    lease = grants.read(request.app[SETTINGS].secret_key, request.match_info["grant"])
    if lease is None:
        raise GrantNotFound("This is no grant of this server.")
    job = await request.app[DATABASE].point(store.find_leased, lease)
    return Granted(lease, kind_of(request.app[KINDS], job).objects(job))
