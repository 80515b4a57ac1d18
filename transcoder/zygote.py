"""Media work in sandboxed children of a warm process, from the side that meets no media."""

from __future__ import annotations

import array
import asyncio
import contextlib
import itertools
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from transcoder.errors import rebuild
from transcoder.limits import Limits

TASKS: Final = {"ingest": "transcoder.task:ingest"}
LINE_LIMIT = 1 << 20  # bytes of one report
_DATAGRAM = 1 << 17
_START_SECONDS = 60
_LAST_SECONDS = 5  # between a child's last word and its end
_MESSAGE_CHARACTERS = 500  # of what a child says to the owner of a file
_LONGEST_PAUSE = 10.0  # seconds before another start, when starts keep failing

log = logging.getLogger(__name__)


class ChildCrashed(Exception):
    """The child ended without a word for the file's owner: a signal, a bug, a full memory."""


class ChildTimedOut(ChildCrashed):
    """The child took too long, or said nothing for too long, and was killed."""


class ChildOutOfRoom(ChildCrashed):
    """The disk had no room for what the child made; its file is as good as before."""


@dataclass(frozen=True, slots=True)
class SandboxLevel:
    """Which layers of the sandbox this machine lacks."""

    missing: tuple[str, ...]

    @property
    def full(self) -> bool:
        return not self.missing

    def __str__(self) -> str:
        return "full" if self.full else f"partial: {', '.join(self.missing)}"


@dataclass(slots=True)
class _Process:
    """One life of the zygote: its control socket, and the runs that wait for an end."""

    process: asyncio.subprocess.Process
    control: socket.socket
    ends: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    listening: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        return self.listening is not None and not self.listening.done()


@dataclass(slots=True)
class Zygote:
    """The warm process; started again when it dies."""

    nice: int
    tasks: Mapping[str, str]
    sandbox: SandboxLevel = SandboxLevel(())
    _life: _Process | None = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _pause: float = 0.0
    _numbers: Any = field(default_factory=itertools.count)

    @classmethod
    async def start(cls, *, nice: int = 10, tasks: Mapping[str, str] = TASKS) -> Self:
        """Start the process and wait until it is warm; raises ChildCrashed when it will not."""
        zygote = cls(nice, tasks)
        await zygote._alive()
        return zygote

    @property
    def pid(self) -> int | None:
        """The process of this life; None once it is closed."""
        return self._life.process.pid if self._life is not None else None

    async def close(self) -> None:
        """End the process; its children die with it."""
        if self._life is not None:
            await _ended(self._life)
            self._life = None

    async def run(
        self,
        task: str,
        spec: Mapping[str, Any],
        *,
        reads: Path,
        writes: Path,
        limits: Limits | None = None,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the reports of a child that does the task.

        Raises MediaError in the child's words, ChildCrashed, ChildTimedOut or ChildOutOfRoom.
        Closing the iterator kills the child and all its group.
        """
        limits = limits or Limits()
        life = await self._alive()
        request = next(self._numbers)
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        life.ends[request] = ended
        message = {
            "run": request,
            "task": task,
            "spec": dict(spec),
            "reads": str(reads),
            "writes": str(writes),
            "limits": limits.to_json(),
        }
        try:
            async with _reports(life.control, message) as lines:
                async for report in _within(lines, limits):
                    if report["type"] == "sandbox":
                        self._note(report)
                    else:
                        yield report
            _check(await _ending(ended))
        finally:
            await _killed(life, request)

    def _note(self, report: Mapping[str, Any]) -> None:
        """A child lacks more than the trial at the start did; until a restart, it is believed."""
        missing = report.get("missing")
        if isinstance(missing, list):
            known = self.sandbox.missing
            self.sandbox = _told([*known, *(str(part) for part in missing if part not in known)])

    async def _alive(self) -> _Process:
        async with self._starting:
            if self._life is not None and self._life.alive:
                return self._life
            if self._life is not None:
                await _ended(self._life)
            await asyncio.sleep(self._pause)
            self._pause = min(max(0.25, 2 * self._pause), _LONGEST_PAUSE)
            self._life, self.sandbox = await _started(self.nice, self.tasks)
            self._pause = 0.0
            return self._life


async def _started(nice: int, tasks: Mapping[str, str]) -> tuple[_Process, SandboxLevel]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)  # noqa: FBT003 -- the socket module's own signature
    named = [f"--task={name}={place}" for name, place in tasks.items()]
    with theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "transcoder.zygote_main", f"--nice={nice}", *named,
            stdin=theirs.fileno(), stdout=asyncio.subprocess.DEVNULL, env=_environment(),
        )  # fmt: skip
    life = _Process(process, ours)
    try:
        async with asyncio.timeout(_START_SECONDS):
            missing = await _hello(ours)
    except TimeoutError as error:
        await _ended(life)
        raise ChildCrashed(f"the zygote was not warm after {_START_SECONDS} s") from error
    except BaseException:
        await _ended(life)
        raise
    life.listening = asyncio.create_task(_listen(life), name="zygote")
    return life, _told(missing)


def _told(missing: Sequence[str]) -> SandboxLevel:
    level = SandboxLevel(tuple(missing))
    if not level.full:
        log.warning("untrusted media is not fully locked in", extra={"sandbox": str(level)})
    return level


async def _hello(control: socket.socket) -> list[str]:
    datagram = await asyncio.get_running_loop().sock_recv(control, _DATAGRAM)
    if not datagram:
        raise ChildCrashed("the zygote ended before it was warm")
    return list(json.loads(datagram)["missing"])


def _environment() -> dict[str, str]:
    """One thread for BLAS: a process of several threads must not fork."""
    passed = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ
    }
    single = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return passed | dict.fromkeys(single, "1")


async def _listen(life: _Process) -> None:
    """Hand each end to the run that waits for it, until the zygote is gone."""
    loop = asyncio.get_running_loop()
    try:
        while datagram := await loop.sock_recv(life.control, _DATAGRAM):
            message = json.loads(datagram)
            ended = life.ends.pop(message["ended"], None)
            if ended is not None and not ended.done():
                ended.set_result(message["status"])
    except OSError:
        return
    finally:
        for ended in life.ends.values():
            if not ended.done():
                ended.set_exception(ChildCrashed("the zygote died"))
                ended.exception()  # retrieved: nobody may be waiting any more
        life.ends.clear()


@contextlib.asynccontextmanager
async def _reports(
    control: socket.socket, message: Mapping[str, Any]
) -> AsyncIterator[asyncio.StreamReader]:
    """Open a pipe, hand its writing end to the zygote, and read the other."""
    loop = asyncio.get_running_loop()
    reading, writing = os.pipe()
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    try:
        descriptors = array.array("i", [writing])
        control.sendmsg(
            [json.dumps(message).encode()],
            [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)],
        )
    except OSError as error:
        os.close(reading)
        raise ChildCrashed(f"the zygote does not listen: {error}") from error
    finally:
        os.close(writing)
    pipe = os.fdopen(reading, "rb", buffering=0)
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    try:
        yield reader
    finally:
        transport.close()


async def _within(lines: asyncio.StreamReader, limits: Limits) -> AsyncIterator[dict[str, Any]]:
    """Yield reports while the child keeps its time; each of the last words ends it."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limits.wall_seconds
    while True:
        patience = min(limits.silence_seconds, deadline - loop.time())
        try:
            async with asyncio.timeout(patience):
                line = await lines.readline()
        except TimeoutError:
            raise ChildTimedOut(f"no word for {patience:.0f} s") from None
        except ValueError as error:
            raise ChildCrashed("a report without an end") from error
        if not line:
            return
        report = _parsed(line)
        match report["type"]:
            case "failed":
                message = str(report.get("message"))[:_MESSAGE_CHARACTERS]
                raise rebuild(str(report.get("code")), message)
            case "no_space":
                raise ChildOutOfRoom("no room for what it made")
            case "crashed":
                raise ChildCrashed(str(report.get("trace")))
            case _:
                yield report


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        report = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ChildCrashed(f"not a report: {line[:200]!r}") from error
    if not isinstance(report, dict) or not isinstance(report.get("type"), str):
        raise ChildCrashed(f"not a report: {line[:200]!r}")
    return report


async def _ending(ended: asyncio.Future[int]) -> int:
    """Wait for the end of a child that said its last; one that closed its pipe may live on."""
    await asyncio.wait({ended}, timeout=_LAST_SECONDS)
    if not ended.done():
        raise ChildTimedOut("it said its last and did not end")
    return ended.result()


def _check(status: int) -> None:
    if status == -signal.SIGXCPU:
        raise ChildTimedOut("its processor time is used up")
    if status < 0:
        raise ChildCrashed(f"killed by signal {-status}")
    if status:
        raise ChildCrashed(f"ended with {status}")


async def _killed(life: _Process, request: int) -> None:
    """See to it that the child is gone; one that ended by itself is nobody's victim."""
    ended = life.ends.get(request)
    if ended is None or not life.alive:
        return
    try:
        life.control.send(json.dumps({"kill": request}).encode())
    except OSError:
        return
    with contextlib.suppress(ChildCrashed):
        await ended


async def _ended(life: _Process) -> None:
    if life.listening is not None:
        life.listening.cancel()
        await asyncio.wait({life.listening})
    life.control.close()
    if life.process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            life.process.kill()
    await life.process.wait()
