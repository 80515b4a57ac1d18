"""Objects as files below one folder.

A body goes into a file beside its place, is hashed and written in batches of a megabyte (one hop to
a thread each, the next batch collected meanwhile), then fsync, rename, fsync of the folder. A file
that is adopted is linked into its place, which only works once: the first writer wins.
"""

import asyncio
import errno
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from storage.keys import KeyRefused, checked
from storage.protocol import NoSpace, ObjectNotFound, Stored

BATCH = 1 << 20  # bytes a hop: at 64 KiB the hops cost more than hash and disk together
CHUNK = 1 << 18  # bytes a chunk when reading
SMALL = 16 << 20
PARTIAL = ".part-"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class LocalStorage:
    """The store of the embedded mode: one folder on this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, body: AsyncIterator[bytes]) -> Stored:
        path = self._path(key)
        partial = await asyncio.to_thread(_Partial, path)
        try:
            await _fill(partial, body)
            return await asyncio.to_thread(partial.publish)
        except BaseException:
            partial.discard()
            raise

    async def adopt(self, key: str, path: Path) -> bool:
        return await asyncio.to_thread(_adopt, path, self._path(key))

    async def get(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        path = self._path(key)
        file = await asyncio.to_thread(_opened, path, key)
        try:
            left = (os.fstat(file).st_size if stop is None else stop) - start
            while left > 0:
                chunk = await asyncio.to_thread(os.pread, file, min(CHUNK, left), start)
                if not chunk:
                    return
                start += len(chunk)
                left -= len(chunk)
                yield chunk
        finally:
            os.close(file)

    async def read(self, key: str, limit: int = SMALL) -> bytes:
        return await asyncio.to_thread(_read, self._path(key), key, limit)

    async def size(self, key: str) -> int:
        path = self._path(key)
        try:
            return (await asyncio.to_thread(path.stat)).st_size
        except (FileNotFoundError, NotADirectoryError):
            raise ObjectNotFound(key) from None

    async def delete(self, key: str) -> None:
        path = self._path(key)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def delete_prefix(self, prefix: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._path(prefix), ignore_errors=True)

    def local_path(self, key: str) -> Path | None:
        return self._path(key)

    async def free_bytes(self) -> int | None:
        return await asyncio.to_thread(_free, self._root)

    async def sweep(self) -> int:
        """Remove what broken-off writes of an earlier process left; return how many files."""
        return await asyncio.to_thread(_sweep, self._root)

    def _path(self, key: str) -> Path:
        return self._root / checked(key)


class _Partial:
    """A file beside its place, until it is whole."""

    def __init__(self, path: Path) -> None:
        with _space():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._path = path
            self._partial = path.with_name(f"{PARTIAL}{uuid4().hex}")
            self._file = self._partial.open("xb", buffering=0)
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, batch: list[bytes]) -> None:
        content = b"".join(batch)
        self._hash.update(content)
        with _space():
            view = memoryview(content)
            while view:
                view = view[self._file.write(view) :]
        self._size += len(content)

    def publish(self) -> Stored:
        with _space():
            os.fsync(self._file.fileno())
            self._file.close()
            self._partial.replace(self._path)
            sync_folder(self._path.parent)
        return Stored(self._size, self._hash.hexdigest())

    def discard(self) -> None:
        self._file.close()
        self._partial.unlink(missing_ok=True)


async def _fill(partial: _Partial, body: AsyncIterator[bytes]) -> None:
    """Write while the next batch arrives; at most two batches are in memory."""
    batch: list[bytes] = []
    size = 0
    writing: asyncio.Task[None] | None = None
    try:
        async for chunk in body:
            batch.append(chunk)
            size += len(chunk)
            if size >= BATCH:
                if writing is not None:
                    await writing
                writing = asyncio.create_task(asyncio.to_thread(partial.write, batch))
                batch, size = [], 0
    finally:
        if writing is not None:  # a thread cannot be cancelled: the file must outlive it
            await asyncio.wait({writing})
    if writing is not None:
        writing.result()
    if batch:
        await asyncio.to_thread(partial.write, batch)


@contextmanager
def _space() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace(error.errno, "no room left in the store") from error
        raise


def sync_folder(folder: Path) -> None:
    """Make renames and links in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _adopt(source: Path, target: Path) -> bool:
    with _space():
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            _link(source, target)
        except FileExistsError:
            return False
        sync_folder(target.parent)
    return True


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK}:
            raise
        copy = target.with_name(f"{PARTIAL}{uuid4().hex}")
        try:
            shutil.copyfile(source, copy, follow_symlinks=False)
            descriptor = os.open(copy, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
            os.link(copy, target)
        finally:
            copy.unlink(missing_ok=True)


def _opened(path: Path, key: str) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        raise ObjectNotFound(key) from None


def _read(path: Path, key: str, limit: int) -> bytes:
    descriptor = _opened(path, key)
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 -- it is a descriptor
        if os.fstat(descriptor).st_size > limit:
            raise KeyRefused(f"{key} is larger than {limit} bytes")
        return file.readall()


def _free(root: Path) -> int:
    while not root.exists():
        root = root.parent
    return shutil.disk_usage(root).free


def _sweep(root: Path) -> int:
    partials = list(root.rglob(f"{PARTIAL}*")) if root.exists() else []
    for partial in partials:
        partial.unlink(missing_ok=True)
    return len(partials)
