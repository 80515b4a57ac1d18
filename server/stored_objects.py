"""The objects of one job for a worker that has the store itself: nothing is copied."""

from __future__ import annotations

from pathlib import Path

from jobs.messages import ServerFull
from jobs.objects import ObjectGone
from storage import NoSpace, Storage


class StoredObjects:
    """Reads and adopts files below `folder`, where names are the ends of keys."""

    def __init__(self, storage: Storage, folder: str) -> None:
        self._storage = storage
        self._folder = folder

    async def input(self, name: str, folder: Path) -> Path:  # noqa: ARG002 -- it lies here already
        path = self._storage.local_path(f"{self._folder}/{name}")
        if path is None:
            raise ObjectGone(name)
        return path

    async def output(self, name: str, path: Path) -> None:
        try:
            await self._storage.adopt(f"{self._folder}/{name}", path)
        except NoSpace as error:
            raise ServerFull(str(error)) from error
