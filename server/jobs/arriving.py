"""Objects on their way in from a worker: which bytes a request brings, and how many may come."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from server.errors import BadRequest, TooLarge, UnsupportedMedia
from server.jobs.granted import Granted
from server.jobs.model import Lease

LEASES_KNOWN = 1024
_STRETCH = re.compile(r"bytes (?:([0-9]{1,15})-([0-9]{1,15})|\*)/([0-9]{1,15})")


class BadContentRange(BadRequest):
    """The Content-Range is none, or not that of the body."""


class BrokenBody(BadRequest):
    """The body ends before its end."""


class CompressedBody(UnsupportedMedia):
    """An object comes as it is."""


class ObjectTooLong(TooLarge):
    """More bytes than one object of this job may have."""


class LeaseSentTooMuch(TooLarge):
    """More bytes than all objects of this job may have."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where in the object a body begins, and how long the object is; None: as the body."""

    start: int
    total: int | None

    @classmethod
    def of(cls, request: web.Request) -> Self:
        """Read `Content-Range: bytes 0-9/10`; `bytes */10` and no body when all of it came before.

        Without the header, the body is the object.
        """
        header = request.headers.get("Content-Range")
        if header is None:
            return cls(0, None)
        found = _STRETCH.fullmatch(header)
        if found is None:
            raise BadContentRange("Content-Range must read `bytes FIRST-LAST/TOTAL`.")
        total = int(found[3])
        start, stop = (int(found[1]), int(found[2]) + 1) if found[1] else (total, total)
        is_stretch = start < stop <= total or not found[1]
        if not is_stretch or request.content_length != stop - start:
            raise BadContentRange("This Content-Range is not that of the body.")
        return cls(start, total)


class Received:
    """How much each lease has sent to this process. Of all but the newest, it is forgotten."""

    def __init__(self) -> None:
        self._bytes: dict[Lease, int] = {}

    def add(self, lease: Lease, size: int) -> int:
        """Count `size` more bytes, and return how many there are."""
        total = self._bytes.pop(lease, 0) + size
        self._bytes[lease] = total
        if len(self._bytes) > LEASES_KNOWN:
            del self._bytes[next(iter(self._bytes))]
        return total


RECEIVED = web.AppKey("received", Received)


def require_fit(request: web.Request, given: Granted, stretch: Stretch) -> None:
    """Refuse by the headers what cannot become an object."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise CompressedBody("The body must not be compressed.")
    announced = request.content_length if stretch.total is None else stretch.total
    if announced is not None and announced > given.objects.object_bytes:
        raise _too_long(given)


async def body_of(request: web.Request, given: Granted, start: int) -> AsyncIterator[bytes]:
    """Yield the body, as far as its object and its lease may be."""
    size = start
    try:
        async for chunk in request.content.iter_any():
            size += len(chunk)
            if size > given.objects.object_bytes:
                raise _too_long(given)
            if request.app[RECEIVED].add(given.lease, len(chunk)) > given.objects.lease_bytes:
                raise LeaseSentTooMuch("This job has sent more than its objects may have.")
            yield chunk
    except HttpProcessingError as error:
        raise BrokenBody("The body is broken, or ends too early.") from error


def _too_long(given: Granted) -> ObjectTooLong:
    return ObjectTooLong(f"An object may have {given.objects.object_bytes} bytes.")
