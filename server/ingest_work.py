"""The kind `ingest` as the worker does it: from one stored original to a track that plays.

The sandboxed child makes files in a scratch folder and tells of each. A file is published,
write-once, before the server hears of it: no row ever names what is not there. A second attempt
makes the same segments again, and those that are stored already stay as they are; waveform and
cover it makes for itself, and the server says when they count.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import structlog

from jobs.messages import ServerFull
from jobs.objects import ObjectGone, Objects
from jobs.worker import JobFailed, Lease
from server.scratch import kept_small, most_for, remove
from storage import keys
from transcoder.errors import MediaError
from transcoder.spec import CEILING_DBTP, TARGET_LUFS, IngestSpec
from transcoder.zygote import ChildCrashed, ChildOutOfRoom, ChildTimedOut, Zygote

BATCH_PAUSE = 0.05  # seconds between two messages to the server; the first goes out at once
BATCH = 100  # reports in one message
BACKLOG = 256  # reports; a child that is further ahead waits

log = structlog.get_logger()


class Ingest:
    """Does ingests, one after another."""

    def __init__(
        self, work_dir: Path, objects_of: Callable[[Lease], Objects], zygote: Zygote
    ) -> None:
        self._work_dir = work_dir
        self._objects_of = objects_of
        self._zygote = zygote

    async def __call__(self, lease: Lease) -> Mapping[str, Any]:
        """Do one job; JobFailed says what its owner may read."""
        folder = self._work_dir / f"{lease.job.id}-{lease.job.attempt}"
        try:
            async with _told(lease) as facts:
                await self._follow(lease, folder, facts)
        except ExceptionGroup as group:  # of the child's side and the server's, one fails first
            error = group.exceptions[0]
            log.warning("ingest broke off", job=lease.job.id, reason=f"{error!r}")
            raise _outcome(error) from error
        finally:
            await asyncio.to_thread(remove, folder)
        return {}

    async def _follow(
        self, lease: Lease, folder: Path, facts: asyncio.Queue[dict[str, Any]]
    ) -> None:
        objects, scratch = self._objects_of(lease), folder / "made"
        try:
            source = await objects.input("original", folder / "source")
        except ObjectGone:
            raise JobFailed("no_source", "The uploaded file is gone.", retryable=False) from None
        await asyncio.to_thread(scratch.mkdir, parents=True)
        reports = self._zygote.run(
            "ingest",
            self._spec(lease, source, scratch).to_json(),
            reads=source,
            writes=scratch,
        )
        # A source that had to be fetched takes of the same room.
        async with kept_small(folder, most_for(source)), aclosing(reports):
            async for report in reports:
                if (made := file_of(report)) is not None:
                    path = await asyncio.to_thread(_inside, scratch, made)
                    await objects.output(keys.published(made, lease.job.token), path)
                await facts.put(report)

    def _spec(self, lease: Lease, source: Path, scratch: Path) -> IngestSpec:
        payload = lease.job.payload
        return IngestSpec(
            source=str(source),
            output=str(scratch),
            file_name=str(payload.get("file_name", "")),
            container=payload.get("container"),
            target_lufs=float(payload.get("target_lufs", TARGET_LUFS)),
            ceiling_dbtp=float(payload.get("ceiling_dbtp", CEILING_DBTP)),
            preview=bool(payload.get("preview", True)),
        )


def _outcome(error: Exception) -> Exception:
    """Return what the job's owner may read of an error, or the error itself."""
    match error:
        case MediaError():
            return JobFailed(error.code, str(error), retryable=False)
        case ChildTimedOut():
            words = "This file took too long to be processed."
            return JobFailed("timed_out", words, retryable=False)
        case ChildOutOfRoom() | ServerFull() | OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return JobFailed("no_space", "The server's disk is full.", retryable=True)
        case ChildCrashed():
            return JobFailed("crashed", "The work on this file broke off.", retryable=True)
        case _:
            return error


def file_of(report: Mapping[str, Any]) -> str | None:
    """Return the file that a report says is complete."""
    match report:
        case {"type": "segment_made", "file": str(made)}:
            return made
        case {"type": "rendition_started", "init": str(made)}:
            return made
        case {"type": "analysed", "waveform": str(made)}:
            return made
        case {"type": "probed", "cover": str(made)}:
            return made
        case _:
            return None


def _inside(scratch: Path, made: str) -> Path:
    """Return the file, if it is what its name says: what decoded a stranger's bytes may lie."""
    path = scratch / made
    if keys.MADE.fullmatch(made) is None or path.resolve() != scratch.resolve() / made:
        raise ChildCrashed(f"told of {made!r}")
    return path


@asynccontextmanager
async def _told(lease: Lease) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
    """Tell the server what is put into the queue, in batches; leaving waits for the last one."""
    facts: asyncio.Queue[dict[str, Any]] = asyncio.Queue(BACKLOG)
    async with asyncio.TaskGroup() as group:
        telling = group.create_task(_tell(lease, facts))
        yield facts
        await facts.join()
        telling.cancel()


async def _tell(lease: Lease, facts: asyncio.Queue[dict[str, Any]]) -> None:
    while True:
        batch = [await facts.get()]
        while not facts.empty() and len(batch) < BATCH:
            batch.append(facts.get_nowait())
        _note_progress(lease, batch)
        await lease.report(batch)
        for _ in batch:
            facts.task_done()
        await asyncio.sleep(BATCH_PAUSE)


def _note_progress(lease: Lease, batch: list[dict[str, Any]]) -> None:
    for report in batch:
        if report["type"] == "progress":
            lease.step, lease.progress = report["stage"], report["percent"] / 100


def sweep(work_dir: Path) -> None:
    """Remove the scratch folders of a worker that was killed."""
    for left in work_dir.iterdir():
        log.info("scratch folder swept", folder=left.name)
        remove(left)
