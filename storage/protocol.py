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


class PartMoved(Exception):
    """The part does not end where it was to be gone on with, but at `size`."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the part has {size} bytes")
        self.size = size


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept: its size in bytes, and the SHA-256 of them in hexadecimal."""

    size: int
    sha256: str


class Parts(Protocol):
    """Objects that come in several goes, each under a name of its own until it is whole."""

    async def size(self, part: str) -> int:
        """Return how many bytes are there; 0 where there is no such part."""
        ...

    async def append(self, part: str, at: int, body: AsyncIterator[bytes]) -> int:
        """Go on with a part, or begin it, and return its new size; PartMoved ends elsewhere.

        When the body breaks off, what came before stays. When the disk is full (NoSpace), nothing
        of the part does.
        """
        ...

    async def publish(self, part: str, key: str, size: int) -> bool:
        """Make an object of a part that has this size, durably; PartMoved where it has another.

        False: there is an object under this key already, and it stays. The part is gone either way.
        """
        ...

    async def is_published(self, key: str) -> bool:
        """Tell whether there is an object under this key, as durably as `publish` does."""
        ...

    async def drop(self, part: str) -> None:
        """Forget a part, if it is there."""
        ...

    async def sweep(self, kept_seconds: float = ...) -> None:
        """Forget the parts that did not grow for so long."""
        ...


class Storage(Protocol):
    """Objects of bytes under keys like `tracks/1/original`; keys are checked by `storage.keys`."""

    @property
    def parts(self) -> Parts:
        """The objects that are on their way in."""
        ...

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
