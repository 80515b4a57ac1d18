"""One HTTP child: aiohttp on uvloop, on the socket that the supervisor bound.

SIGTERM begins the drain: no new connections, `/readyz` says so. When the supervisor lets go of
standard input, requests in hand are finished and the child ends. Child 0 also serves the Unix
socket of the embedded worker, up to that moment.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import socket
import ssl
import sys
from contextlib import AsyncExitStack, suppress

import uvloop
from aiohttp import web

from server import bus_relay, links, log
from server.app import create_app
from server.database import open_database
from server.events import BUS
from server.http.connection import Listener
from server.http.draining import DRAINING
from server.listening import bind_unix
from server.media import open_storage
from server.process import die_with_parent
from server.settings import Settings, load

FINISH_SECONDS = 20.0  # requests in hand get this long
STDIN = 0
LEASH_SECONDS = 12.0  # longest wait for the worker's farewell


def main() -> None:
    """Run as `python -m server.serve_child`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--number", type=int, required=True)
    parser.add_argument("--of", type=int, required=True)
    parser.add_argument("--family", required=True)
    parser.add_argument("--inner", type=int)
    given = parser.parse_args()
    die_with_parent(given.parent)
    log.configure(f"http-{given.number}")
    public = socket.socket(fileno=given.socket)
    inner = None if given.inner is None else socket.socket(fileno=given.inner)
    uvloop.run(serve(load(), public, given.number, of=given.of, inner=inner, family=given.family))


async def serve(
    settings: Settings,
    bound: socket.socket,
    number: int,
    *,
    of: int,
    inner: socket.socket | None,
    family: str,
) -> None:
    """Serve until SIGTERM, then drain."""
    stop, leash = _signals()
    database = open_database(settings.database_url)
    app = create_app(settings, database, open_storage(settings.storage_url))
    runner = web.AppRunner(app, shutdown_timeout=FINISH_SECONDS)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        if of > 1:
            await stack.enter_async_context(
                bus_relay.joined(app[BUS], settings.bus_socket, hub=number == 0)
            )
        await stack.enter_async_context(links.joined(app, family=family))
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        listener = Listener(runner)
        public = await listener.listen(bound, tls=_tls(settings))
        if inner is not None:
            others = await listener.listen(inner, tls=_tls(settings), inner=True)
            stack.callback(others.close)
        if number == 0:
            own = await listener.listen(bind_unix(settings.serve_socket), inner=True)
            stack.callback(own.close)
        gc.collect()
        gc.freeze()  # what lives for ever is never scanned again
        sys.stdout.write('{"ready": true}\n')
        sys.stdout.flush()
        await stop.wait()
        app[DRAINING].begun.set()
        public.close()
        app[BUS].close()  # streams of events end
        await app[DRAINING].finished(FINISH_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(LEASH_SECONDS):
                await leash.wait()


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return what SIGTERM sets and what the end of standard input sets."""
    loop = asyncio.get_running_loop()
    stop, leash = asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # the supervisor's to answer

    def readable() -> None:
        if not os.read(STDIN, 1024):
            loop.remove_reader(STDIN)
            leash.set()

    loop.add_reader(STDIN, readable)
    return stop, leash


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # televisions
    context.load_cert_chain(settings.tls_cert, settings.tls_key)
    return context


if __name__ == "__main__":
    main()
