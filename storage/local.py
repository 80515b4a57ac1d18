"""The store on the local disk: one file an object, published by rename or link.

What is on its way in or out lies in `.transit` at the root, on the same file system as the rest.
A crash leaves debris only there, and the next start sweeps one folder, not the whole store.
"""

import asyncio
import contextlib
import errno
import os
import shutil
import stat
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from storage import keys
from storage.partial import PARTS, PartialFile, make_folders, sweep, sync_folder
from storage.parts import LocalParts
from storage.protocol import READ_LIMIT, ObjectNotFound, ObjectTooLarge, Stored
from storage.source import SourceFile
from storage.writing import BATCH, finished, no_space_told, write_all

CHUNK: Final = 256 * 1024  # bytes read in one; a segment of most rungs is one chunk


class LocalStorage:
    """Objects below a folder, which is made when the first of them comes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._transit = root / ".transit"
        sweep(self._transit)
        self._parts = LocalParts(root, self._transit / PARTS)

    @property
    def parts(self) -> LocalParts:
        return self._parts

    async def put(self, key: str, body: AsyncIterator[bytes]) -> Stored:
        path = self._path(key)
        with no_space_told(key):
            incoming = await _created(self._transit)
            try:
                await write_all(incoming, body)
                await asyncio.to_thread(incoming.sync)
                stored = await asyncio.to_thread(incoming.replace, path)
            finally:
                # Not awaited by a second cancellation, the thread comes to its end all the same.
                await finished(asyncio.get_running_loop().run_in_executor(None, incoming.discard))
        if stored is None:
            raise RuntimeError("discarded before it was published")
        return stored

    async def adopt(self, key: str, path: Path) -> bool:
        target = self._path(key)
        with no_space_told(key):
            return await asyncio.to_thread(self._adopt, target, path)

    async def get(
        self, key: str, start: int = 0, stop: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        if start < 0:
            raise ValueError("start lies before the object")
        with contextlib.closing(SourceFile(self._path(key), key)) as source:
            while stop is None or start < stop:
                size = CHUNK if stop is None else min(CHUNK, stop - start)
                chunk = await asyncio.to_thread(source.read, start, size)
                if chunk:
                    yield chunk
                if len(chunk) < size:  # the end
                    return
                start += size

    async def read(self, key: str, limit: int = READ_LIMIT) -> bytes:
        return await asyncio.to_thread(_read_whole, self._path(key), key, limit)

    async def size(self, key: str) -> int:
        return await asyncio.to_thread(_size, self._path(key), key)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(_unlink, self._path(key))

    async def delete_prefix(self, prefix: str) -> None:
        await asyncio.to_thread(self._delete_folder, self._path(prefix.removesuffix("/")))

    def local_path(self, key: str) -> Path | None:
        path = self._path(key)
        return path if path.is_file() else None

    async def free_bytes(self) -> int | None:
        return await asyncio.to_thread(_free_bytes, self._root)

    def _path(self, key: str) -> Path:
        return self._root / keys.checked(key)

    def _adopt(self, target: Path, path: Path) -> bool:
        with _opened_finished(path) as file:
            os.fsync(file.fileno())
            make_folders(target.parent)
            try:
                os.link(path, target, follow_symlinks=False)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK}:
                    raise
                return self._copy(file, target)
        sync_folder(target.parent)
        return True

    def _copy(self, file: BinaryIO, target: Path) -> bool:
        """Adopt from another file system."""
        incoming = PartialFile(self._transit)
        try:
            for batch in iter(partial(file.read, BATCH), b""):
                incoming.write([batch])
            incoming.sync()
            incoming.link(target)
        except FileExistsError:
            return False
        finally:
            incoming.discard()
        return True

    def _delete_folder(self, folder: Path) -> None:
        # One rename takes all of it out of sight; a crash in the long part is swept later.
        doomed = self._transit / uuid.uuid4().hex
        self._transit.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if folder.is_dir():
                folder.rename(doomed)
                sync_folder(folder.parent)
                shutil.rmtree(doomed, ignore_errors=True)


async def _created(folder: Path) -> PartialFile:
    creating = asyncio.get_running_loop().run_in_executor(None, PartialFile, folder)
    try:
        return await finished(creating)
    except asyncio.CancelledError:
        creating.add_done_callback(_discard_late)
        await asyncio.wait({creating})
        raise


def _discard_late(creating: "asyncio.Future[PartialFile]") -> None:
    if not creating.cancelled() and creating.exception() is None:
        creating.result().discard()


def _opened_finished(path: Path) -> BinaryIO:
    """Open a file that an untrusted process made: no link, no pipe, no device."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no regular file", str(path))
    return open(descriptor, "rb")  # noqa: PTH123 -- a descriptor has no path


def _read_whole(path: Path, key: str, limit: int) -> bytes:
    with contextlib.closing(SourceFile(path, key)) as source:
        whole = source.read(0, limit + 1)
    if len(whole) > limit:
        raise ObjectTooLarge(f"{key} has more than {limit} bytes")
    return whole


def _size(path: Path, key: str) -> int:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise ObjectNotFound(key) from None
    if not stat.S_ISREG(found.st_mode):
        raise ObjectNotFound(key)
    return found.st_size


def _unlink(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
        path.unlink()


def _free_bytes(root: Path) -> int:
    existing = next(folder for folder in (root, *root.parents) if folder.exists())
    found = os.statvfs(existing)
    return found.f_bavail * found.f_frsize
