"""One TCP or Unix connection: how many there may be, and how long a header may take.

aiohttp's own timer closes a connection that is idle between requests; this one closes those
that begin a header and drip it, which would otherwise live as long as an idle one.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from functools import partial
from ipaddress import ip_address
from socket import socket
from ssl import SSLContext

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from server.http import problem
from server.http.client import within
from server.settings import SETTINGS, Network

HEADER_SECONDS = 20.0
KEEPALIVE_SECONDS = 75.0  # longer than the 60 s after which common proxies drop theirs
CONNECTIONS_PER_ADDRESS = 256  # a browser opens 6; a school behind one address opens many
LINGERING_SECONDS = 5.0  # an unread body is read this long, so that the client sees our answer

_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
_LATE = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

log = structlog.get_logger("connection")


class Doorkeeper:
    """Counts the connections of this process, in all and for each address."""

    def __init__(
        self,
        exempt: tuple[Network, ...] = (),
        *,
        most: int | None = None,
        per_address: int = CONNECTIONS_PER_ADDRESS,
    ) -> None:
        self._exempt = exempt
        self._most = most or resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2
        self._per_address = per_address
        self._open: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count one more from `address`; False when it must be turned away."""
        full = self._open.total() >= self._most
        crowded = self._open[address] >= self._per_address and not self._is_exempt(address)
        self._open[address] += 1
        return not (full or crowded)

    def leave(self, address: str) -> None:
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]

    def _is_exempt(self, address: str) -> bool:
        if not address or within(address, self._exempt):
            return True
        return ip_address(address.partition("%")[0]).is_loopback


class Connection(RequestHandler):
    """aiohttp's protocol with a header deadline and a doorkeeper."""

    __slots__ = ("_address", "_door", "_header_seconds", "_header_timer", "inner")

    def __init__(
        self, server: web.Server, door: Doorkeeper, header_seconds: float, *, inner: bool = False
    ) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGERING_SECONDS,
            access_log=None,  # type: ignore[arg-type]  # aiohttp tests for None
        )
        self.inner = inner  # it came by the way that is for workers
        self._door = door
        self._header_seconds = header_seconds
        self._header_timer: asyncio.TimerHandle | None = None
        self._address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if isinstance(peer, tuple) else ""
        if not self._door.enter(self._address):
            log.warning("connection turned away", client=self._address)
            self._end(_REFUSAL)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._door.leave(self._address)
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._stop_timer()
        elif data and self._header_timer is None and self._waits():
            self._header_timer = self._loop.call_later(self._header_seconds, self._late)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP as a problem too, without a traceback for each scanner."""
        if not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        log.info("malformed request", client=self._address, reason=message)
        answer = problem.problem(
            request,
            status=status,
            name="MalformedRequest",
            detail="This is not HTTP as we know it.",
        )
        answer.force_close()
        return answer

    def give_up_body(self) -> None:
        """Close after the answer without waiting for the rest of a body that does not come."""
        self._lingering_time = 0.0

    def _waits(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _late(self) -> None:
        self._header_timer = None
        if self._waits():
            self._end(_LATE)

    def _end(self, answer: bytes) -> None:
        if self.transport is not None:
            self.transport.write(answer)
        self.force_close()

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None


class Listener:
    """Serves an application that an AppRunner has set up, on any number of sockets."""

    def __init__(
        self,
        runner: web.AppRunner,
        *,
        header_seconds: float = HEADER_SECONDS,
        door: Doorkeeper | None = None,
    ) -> None:
        self._runner = runner
        self._header_seconds = header_seconds
        self._door = door or Doorkeeper(runner.app[SETTINGS].trusted_proxies)

    async def listen(
        self, bound: socket, *, tls: SSLContext | None = None, inner: bool = False
    ) -> asyncio.Server:
        """Accept connections on a bound socket; `inner` is one for workers."""
        loop = asyncio.get_running_loop()
        connection = partial(self._connection, inner=inner)
        return await loop.create_server(connection, sock=bound, ssl=tls, backlog=1024)

    def _connection(self, *, inner: bool) -> Connection:
        server = self._runner.server
        if server is None:
            raise RuntimeError("the runner is not set up")
        return Connection(server, self._door, self._header_seconds, inner=inner)
