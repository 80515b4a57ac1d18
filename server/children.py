"""One child process kept alive: started, listened to, restarted with back-off, stopped.

A child tells what it has to say in JSON lines on its standard output. Its standard input is a
leash: while it is open the family lives, and a child that drains ends when it is closed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

FIRST_DELAY = 0.2  # seconds; doubled at each crash
LONGEST_DELAY = 30.0
STABLE = 30.0  # seconds of life after which a crash counts as the first again
HOPELESS = 3  # crashes before it was ever ready

log = structlog.get_logger()


class StartsHopelessly(Exception):
    """The child died again and again before it was ready once."""


def _nothing(_pid: int) -> None:
    """Is for children whose end leaves nothing to clear away."""


@dataclass(eq=False, kw_only=True)
class Child:
    """A module run as a process of its own, for as long as the server lives."""

    module: str
    arguments: Sequence[str] = ()
    environment: Mapping[str, str]
    sockets: Sequence[int] = ()
    essential: bool = True  # the start fails with it
    ready: Callable[[dict[str, Any]], None]  # called with each line it tells
    ended: Callable[[int], None] = _nothing  # called with its process id

    def __post_init__(self) -> None:
        self.name = " ".join([self.module.rpartition(".")[2], *self.arguments[:2]])
        self._process: Process | None = None
        self._stopping = asyncio.Event()
        self._was_ready = False

    async def run(self) -> None:
        """Keep it alive until `stop`; returns once it is gone."""
        crashes = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            status = await self._live()
            if self._stopping.is_set():
                return
            crashes = 1 if time.monotonic() - began > STABLE else crashes + 1
            if self.essential and crashes >= HOPELESS and not self._was_ready:
                raise StartsHopelessly(self.name)
            delay = min(FIRST_DELAY * 2 ** (crashes - 1), LONGEST_DELAY)
            log.error("child ended", child=self.name, status=status, restart_in_s=delay)
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._stopping.wait()

    def stop(self) -> None:
        """Ask it to drain."""
        self._stopping.set()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def release(self) -> None:
        """Tell a draining child that it may end."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def kill(self) -> None:
        """End it at once."""
        self._stopping.set()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _live(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self.module, "--parent", str(os.getpid()), *self.arguments),
            env=self.environment,
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=self.sockets,
            process_group=0,  # Ctrl-C in a terminal reaches the supervisor alone
        )
        self._process = process
        if self._stopping.is_set():
            process.terminate()
        try:
            await self._listen(process)
            return await process.wait()
        finally:
            if process.returncode is None:  # we were cancelled: nobody would look after it
                process.kill()
            self._process = None
            self.ended(process.pid)

    async def _listen(self, process: Process) -> None:
        if process.stdout is None:
            raise RuntimeError("a child without standard output")
        async for line in process.stdout:
            try:
                told = json.loads(line)
            except ValueError:
                log.warning("child printed", child=self.name, text=line.decode(errors="replace"))
                continue
            self._was_ready = True
            self.ready(told)
