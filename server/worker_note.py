"""What the embedded worker leaves in the run folder, so that `/health` can tell of it.

A file and not a request: the one who is asked may be any HTTP child.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

FRESH_SECONDS = 15.0  # three times the interval
INTERVAL = 5.0


async def keep(path: Path, sandbox: str) -> None:
    """Renew the note for as long as the worker lives."""
    while True:
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps({"sandbox": sandbox}))
        draft.replace(path)
        await asyncio.sleep(INTERVAL)


def read(path: Path) -> str | None:
    """Return the sandbox level that a living worker told; None when there is no such worker."""
    try:
        if time.time() - path.stat().st_mtime > FRESH_SECONDS:
            return None
        return str(json.loads(path.read_text())["sandbox"])
    except FileNotFoundError:
        return None
