"""`houle serve`: one process that holds the port and keeps the others alive.

It binds before anything else starts, so that a port in use is told at once; it migrates before
anyone serves; it serves nothing itself. Drain, in this order: nothing more is accepted; the
workers hand their jobs back, over a socket that still answers; requests in hand are finished.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from prometheus_client import multiprocess

from server import banner, data_folder, first_start, log
from server.children import Child, StartsHopelessly
from server.database import migrate
from server.http.exposition import SHARED
from server.ids import new_id
from server.listening import bind, url_of
from server.process import raise_open_files
from server.settings import Settings
from server.start_error import StartError

WORKER_GRACE = 10.0  # seconds to hand a job back
HTTP_GRACE = 24.0  # seconds since the signal; an orchestrator kills after 30

logger = structlog.get_logger()


def serve(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until a signal; return the exit code. StartError says why it cannot begin."""
    log.configure("supervisor")
    raise_open_files()
    with data_folder.claimed(settings):
        bound = bind(host, port)
        inner = _inner(settings)
        migrate(settings.database_url)
        password = asyncio.run(first_start.prepare(settings))
        if password is not None:
            banner.show_password(password)  # it is stored by now, whatever becomes of this start
        bound.listen(1024)
        if inner is not None:
            inner.listen(1024)
        if settings.unused:
            logger.warning("settings without effect in this version", settings=settings.unused)
        family = Family(settings, bound, workers, inner)
        try:
            return asyncio.run(family.run())
        finally:
            bound.close()
            if inner is not None:
                inner.close()


def _inner(settings: Settings) -> socket.socket | None:
    """Bind the way in for workers of other machines, where there is one of its own."""
    if settings.internal_port is None:
        return None
    return bind(settings.internal_host, settings.internal_port)


class Family:
    """The supervisor's children and their common life."""

    def __init__(
        self,
        settings: Settings,
        bound: socket.socket,
        workers: int,
        inner: socket.socket | None = None,
    ) -> None:
        self._settings = settings
        self._bound = bound
        self._url = url_of(bound, tls=settings.tls_cert is not None)
        self._metrics = settings.run_dir / "metrics" if workers > 1 else None
        self._signals = 0
        self._stop = asyncio.Event()
        environment, name = self._environment(), new_id()
        sockets = [each.fileno() for each in (bound, inner) if each is not None]
        self._http = [
            Child(
                module="server.serve_child",
                arguments=[*_arguments(number, workers, sockets), "--family", name],
                environment=environment,
                sockets=sockets,
                ready=self._serving,
                ended=self._forget_metrics,
            )
            for number in range(workers)
        ]
        worker = Child(
            module="server.worker_child",
            environment=environment,
            essential=False,  # what is ready can be heard without it; /health says so
            ready=self._working,
        )
        chores = Child(
            module="server.chores_child",
            environment=environment,
            essential=False,  # what it forgets can wait
            ready=lambda _told: None,
            ended=self._forget_metrics,
        )
        self._workers = [worker, chores] if settings.embedded_worker else [chores]
        self._announced = False
        self._sandbox: str | None = None

    async def run(self) -> int:
        """Keep the children until a signal, then drain them."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._signalled)
        try:
            async with asyncio.TaskGroup() as group:
                workers = [group.create_task(child.run()) for child in self._workers]
                http = [group.create_task(child.run()) for child in self._http]
                await self._stop.wait()
                await self._drain(workers, http)
        except* StartsHopelessly as group:
            for child in (*self._http, *self._workers):
                child.kill()
            raise StartError(
                f"{group.exceptions[0]} could not start; the log above says why."
            ) from None
        return 0 if self._signals < 2 else 1

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ) | self._settings.environment()
        environment.pop(SHARED, None)
        if self._metrics is not None:
            shutil.rmtree(self._metrics, ignore_errors=True)
            self._metrics.mkdir(parents=True)
            environment[SHARED] = str(self._metrics)
        return environment

    def _signalled(self) -> None:
        self._signals += 1
        if self._signals > 1:
            for child in (*self._http, *self._workers):
                child.kill()
        self._stop.set()

    async def _drain(
        self, workers: list[asyncio.Task[None]], http: list[asyncio.Task[None]]
    ) -> None:
        logger.info("draining")
        began = asyncio.get_running_loop().time()
        self._bound.close()  # while one copy is open, clients queue for an answer that never comes
        for child in (*self._workers, *self._http):
            child.stop()
        await _within(began + WORKER_GRACE, workers)
        for child in self._workers:
            child.kill()
        for child in self._http:
            child.release()
        await _within(began + HTTP_GRACE, http)
        for child in self._http:
            child.kill()
        logger.info("drained", seconds=round(asyncio.get_running_loop().time() - began, 2))

    def _serving(self, _told: dict[str, Any]) -> None:
        if not self._announced:
            self._announced = True
            banner.show_address(self._url, self._settings.data_dir)

    def _working(self, told: dict[str, Any]) -> None:
        if told.get("sandbox") != self._sandbox:
            self._sandbox = str(told["sandbox"])
            banner.show_sandbox(self._sandbox)

    def _forget_metrics(self, pid: int) -> None:
        if self._metrics is not None:
            multiprocess.mark_process_dead(pid, str(self._metrics))  # type: ignore[no-untyped-call]


def _arguments(number: int, workers: int, sockets: Sequence[int]) -> list[str]:
    bound, *inner = sockets
    given = ["--number", str(number), "--socket", str(bound), "--of", str(workers)]
    return [*given, *(part for each in inner for part in ("--inner", str(each)))]


async def _within(deadline: float, tasks: list[asyncio.Task[None]]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline):
            await asyncio.wait(tasks)
