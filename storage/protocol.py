"""What a store of media objects promises, whatever lies below it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class ObjectNotFound(Exception):
    """No object lies under this key."""


class NoSpace(OSError):
    """The store is full; nothing of the object was kept."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: its size in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


class Storage(Protocol):
    """Objects under keys; readers see the old object or the whole new one, never a part."""

    async def put(self, key: str, body: AsyncIterator[bytes]) -> Stored:
        """Store the body durably; nothing is left of it when it breaks off. Raises NoSpace."""
        ...

    async def adopt(self, key: str, path: Path) -> bool:
        """Publish a finished local file, write-once; False: another was first, and stays."""
        ...

    def get(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """Yield bytes [start, stop); ObjectNotFound comes before the first."""
        ...

    async def read(self, key: str, limit: int = ...) -> bytes:
        """Return a small object whole."""
        ...

    async def size(self, key: str) -> int: ...

    async def delete(self, key: str) -> None:
        """Remove the object; that it was not there is no error."""
        ...

    async def delete_prefix(self, prefix: str) -> None: ...

    def local_path(self, key: str) -> Path | None:
        """Return where the object lies on this machine, if it does."""
        ...

    async def free_bytes(self) -> int | None:
        """Return how much more fits, None where the store does not say."""
        ...
