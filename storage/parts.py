"""Objects that come in several goes: a part lies in the transit folder until it is whole.

Any process may go on with a part, and two requests may be at it at once: the sender gave one of
them up, and we did not hear of it. So each write takes the part's lock and is made only where the
part ends; who comes late finds it longer, and writes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Final

from storage import keys
from storage.partial import make_folders, sync_folder
from storage.protocol import PartMoved
from storage.writing import KEPT, no_space_told, write_all

KEPT_SECONDS: Final = 3600  # after the last byte; whoever sent it is gone by then


class LocalParts:
    """Parts below `folder`, of objects below `root`; both are on one file system."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        _sweep(folder, KEPT_SECONDS)

    async def size(self, part: str) -> int:
        return await asyncio.to_thread(_size, self._path(part))

    async def append(self, part: str, at: int, body: AsyncIterator[bytes]) -> int:
        end = _End(self._path(part), at)
        with no_space_told(part):
            await asyncio.to_thread(end.begin)
            try:
                await write_all(end, body)
            finally:
                # Not awaited by a second cancellation, the thread comes to its end all the same.
                await asyncio.to_thread(end.sync)
        return end.at

    async def publish(self, part: str, key: str, size: int) -> bool:
        target = self._root / keys.checked(key)
        with no_space_told(key):
            return await asyncio.to_thread(_publish, self._path(part), target, size)

    async def is_published(self, key: str) -> bool:
        return await asyncio.to_thread(_is_published, self._root / keys.checked(key))

    async def drop(self, part: str) -> None:
        await asyncio.to_thread(self._path(part).unlink, missing_ok=True)

    async def sweep(self, kept_seconds: float = KEPT_SECONDS) -> None:
        await asyncio.to_thread(_sweep, self._folder, kept_seconds)

    def _path(self, part: str) -> Path:
        return self._folder / hashlib.sha256(part.encode()).hexdigest()


class _End:
    """The end of a part, where one request goes on."""

    def __init__(self, path: Path, at: int) -> None:
        self._path = path
        self.at = at

    def begin(self) -> None:
        """Make the part if it is a new one, and refuse to go on elsewhere than at its end."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._held(create=self.at == 0):
            pass

    def write(self, chunks: Sequence[bytes]) -> None:
        left = memoryview(b"".join(chunks))
        with self._held() as file:
            while left:
                written = os.pwrite(file, left, self.at)
                self.at += written
                left = left[written:]

    def sync(self) -> None:
        """Bring the bytes to the disk, and out of the system's cache beyond the beginning."""
        with contextlib.suppress(PartMoved), self._held() as file:
            os.fdatasync(file)
            os.posix_fadvise(file, KEPT, 0, os.POSIX_FADV_DONTNEED)

    @contextlib.contextmanager
    def _held(self, *, create: bool = False) -> Iterator[int]:
        with _locked(self._path, create=create) as file:
            _require_size(file, self.at)
            try:
                yield file
            except OSError:  # what a failing disk has of it is lost; a full one is to have room
                self._path.unlink(missing_ok=True)
                raise


@contextlib.contextmanager
def _locked(path: Path, *, create: bool = False) -> Iterator[int]:
    """Open a part and keep others from it; where there is none, it has moved to 0."""
    flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
    while True:
        try:
            file = os.open(path, flags, 0o640)
        except FileNotFoundError:
            raise PartMoved(0) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_part(file, path):
                yield file
                return
        finally:
            os.close(file)


def _is_part(file: int, path: Path) -> bool:
    """Tell whether it may still grow: an object that was published never does."""
    here = os.fstat(file)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_ino == here.st_ino:
            if here.st_nlink == 1:
                return True
            path.unlink()  # published by a process that died before it could do this
    return False


def _require_size(file: int, size: int) -> None:
    found = os.fstat(file).st_size
    if found != size:
        raise PartMoved(found)


def _publish(path: Path, target: Path, size: int) -> bool:
    with _locked(path) as file:
        _require_size(file, size)
        os.fsync(file)
        make_folders(target.parent)
        try:
            target.hardlink_to(path)
        except FileExistsError:
            published = False
        else:
            published = True
        sync_folder(target.parent)
        path.unlink()
    return published


def _is_published(target: Path) -> bool:
    """Tell whether there is an object; who published it may not have come to sync its name."""
    if not target.is_file():
        return False
    sync_folder(target.parent)
    return True


def _size(path: Path) -> int:
    try:
        with _locked(path) as file:
            return os.fstat(file).st_size
    except PartMoved:
        return 0


def _sweep(folder: Path, kept_seconds: float) -> None:
    """Remove parts that did not grow for so long."""
    with contextlib.suppress(FileNotFoundError):
        for part in list(folder.iterdir()):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime >= kept_seconds:
                    part.unlink()
