"""What every store of media objects promises, whatever it is made of."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

READ_LIMIT: Final = 16 * 1024**2  # bytes that `read` holds in memory at once


class ObjectNotFound(Exception):
    """There is no object under this key."""


class ObjectTooLarge(Exception):
    """The object is larger than the caller is ready to hold in memory."""


class KeyRefused(ValueError):
    """The key could lead outside the store, or no store could keep it."""


class NoSpace(OSError):
    """The store is full; nothing of the object was kept."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept: its size in bytes, and the SHA-256 of them in hexadecimal."""

    size: int
    sha256: str


class Storage(Protocol):
    """Objects of bytes under keys like `tracks/1/original`; keys are checked by `storage.keys`."""

    async def put(self, key: str, body: AsyncIterator[bytes]) -> Stored:
        """Store body under key, durably. Readers see the old object or the whole new one.

        When the body breaks off, the disk is full (NoSpace) or the task is cancelled, the old
        object stays and nothing else is left. A cancellation that comes after the last byte may
        find the new object in place, as it would a moment later.
        """
        ...

    async def adopt(self, key: str, path: Path) -> bool:
        """Publish a finished local file; the file must not be written to any more.

        False: there is an object under this key already, and it stays as it is.
        """
        ...

    def get(self, key: str, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        """Yield bytes [start, stop) in chunks; raise ObjectNotFound before the first one.

        What is beyond the end of the object is left out. All chunks are of one object, even when
        another replaces it meanwhile.
        """
        ...

    async def read(self, key: str, limit: int = READ_LIMIT) -> bytes:
        """Return a small object whole; a larger one is an ObjectTooLarge."""
        ...

    async def size(self, key: str) -> int:
        """Return the object's size in bytes."""
        ...

    async def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
        ...

    async def delete_prefix(self, prefix: str) -> None:
        """Remove every object below the folder `prefix`; a trailing slash makes no difference."""
        ...

    def local_path(self, key: str) -> Path | None:
        """Return where the object lies as a file, for reading only; None when it does not."""
        ...

    async def free_bytes(self) -> int | None:
        """Return how much can still be stored; None when nobody knows."""
        ...
