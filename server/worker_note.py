"""What the embedded worker leaves in the run folder, so that `/health` can tell of it.

A file and not a request: the one who is asked may be any HTTP child.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import structlog

FRESH_SECONDS = 15.0  # three times the interval
INTERVAL = 5.0

log = structlog.get_logger()


async def keep(path: Path, sandbox: Callable[[], str], *, every: float = INTERVAL) -> None:
    """Renew the note for as long as the worker lives, with the level that its sandbox has then."""
    while True:
        try:
            _renew(path, json.dumps({"sandbox": sandbox()}))
        except OSError as error:  # health has one sign less; the work goes on
            log.warning("the worker's note was not renewed", reason=str(error))
        await asyncio.sleep(every)


def _renew(path: Path, note: str) -> None:
    if path.is_file() and path.read_text() == note:
        os.utime(path)  # takes no room: on a full disk, a worker that lives looks alive
        return
    draft = path.with_suffix(".new")
    draft.write_text(note)
    draft.replace(path)


def read(path: Path) -> str | None:
    """Return the sandbox level that a living worker told; None when there is no such worker."""
    try:
        if time.time() - path.stat().st_mtime > FRESH_SECONDS:
            return None
        return str(json.loads(path.read_text())["sandbox"])
    except FileNotFoundError:
        return None
