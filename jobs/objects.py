"""What a job reads and makes, wherever its worker runs: files here, objects of the server there."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class ObjectGone(Exception):
    """The server has no object of this name."""


class Objects(Protocol):
    """The objects of one job, by the names that its kind gives them."""

    async def input(self, name: str, folder: Path) -> Path:
        """Return a local file to read, in `folder` if it had to be fetched; ObjectGone."""
        ...

    async def output(self, name: str, path: Path) -> None:
        """Publish a finished file, once: what is there under this name already stays.

        Durable when it returns; from then on the file may be gone. ServerFull: there is no room.
        """
        ...
