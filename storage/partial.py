"""A file that nobody sees until it is whole.

Its methods run in threads. A lock lets `discard` come at any time, even while another thread
writes: a descriptor is never closed under a write, nor its number reused.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Final

from storage.protocol import Stored
from storage.writing import KEPT

PARTS: Final = "parts"  # of the transit folder; what lies in it outlives whoever wrote it
_STRETCH: Final = 16 * 1024**2  # bytes that gather before any are dropped


class PartialFile:
    """A file on its way in. Its lock on itself tells sweepers that its writer lives.

    Of a long one, what lies beyond the beginning is brought to the disk as it comes and dropped
    from the system's cache: there it would take the place of media that is being listened to.
    (Where a hypervisor lends memory as it is touched, 500 MB at once stalled everybody for 140 ms.)
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / uuid.uuid4().hex
        self._lock = Lock()
        self._hash = hashlib.sha256()
        self._size = 0
        self._kept = KEPT
        self._file: int | None = _locked(self._path)

    def write(self, chunks: Sequence[bytes]) -> None:
        """Hash and append; after a discard, nothing."""
        batch = b"".join(chunks)
        with self._lock:
            if self._file is None:
                return
            self._hash.update(batch)
            self._size += len(batch)
            left = memoryview(batch)
            while left:
                left = left[os.write(self._file, left) :]
            if self._size >= self._kept + _STRETCH:
                self._drop(self._file)

    def sync(self) -> None:
        """Bring the bytes to the disk: the slow part of publishing."""
        with self._lock:
            if self._file is not None:
                os.fsync(self._file)

    def replace(self, path: Path) -> Stored | None:
        """Publish over what is at `path`; None after a discard."""
        with self._lock:
            if self._file is None:
                return None
            make_folders(path.parent)
            self._path.replace(path)
            self._close()
            sync_folder(path.parent)
            return Stored(self._size, self._hash.hexdigest())

    def link(self, path: Path) -> None:
        """Publish unless there is something at `path` (FileExistsError)."""
        with self._lock:
            make_folders(path.parent)
            path.hardlink_to(self._path)
            sync_folder(path.parent)

    def discard(self) -> None:
        """Remove what was written, unless it was published."""
        with self._lock:
            if self._file is not None:
                self._path.unlink(missing_ok=True)
                self._close()

    def _drop(self, file: int) -> None:
        os.fdatasync(file)  # only what is on the disk can be dropped
        os.posix_fadvise(file, self._kept, self._size - self._kept, os.POSIX_FADV_DONTNEED)
        self._kept = self._size

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _locked(path: Path) -> int:
    """Open a new file that carries its writer's lock from the first moment a sweeper respects."""
    while True:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_nlink:
            return file
        os.close(file)  # swept between the two calls


def sweep(folder: Path) -> None:
    """Remove what dead processes left on its way in or out; what is being written stays."""
    with contextlib.suppress(FileNotFoundError):
        for left in list(folder.iterdir()):
            if left.name == PARTS:
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                _remove_unless_locked(left)


def _remove_unless_locked(path: Path) -> None:
    # Gone already, or another process holds it: both are as well.
    with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


def make_folders(folder: Path) -> None:
    """Make a folder whose name, and whose parents' names, survive a power cut."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
