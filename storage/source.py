"""An object's file while it is read by threads on behalf of a coroutine that may end any time."""

import errno
import os
import stat
from pathlib import Path
from threading import Lock

from storage.protocol import ObjectNotFound


class SourceFile:
    """Opens at the first read. `close` never waits: the last one to leave closes the file."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self._lock = Lock()
        self._file: int | None = None
        self._closed = False

    def read(self, start: int, size: int) -> bytes:
        """Return up to `size` bytes from `start`: fewer at the end, none after `close`."""
        try:
            with self._lock:
                if self._closed:
                    return b""
                if self._file is None:
                    self._file = self._open()
                return _pread(self._file, size, start)
        finally:
            if self._closed:
                self.close()

    def close(self) -> None:
        self._closed = True
        if self._lock.acquire(blocking=False):
            try:
                if self._file is not None:
                    os.close(self._file)
                    self._file = None
            finally:
                self._lock.release()

    def _open(self) -> int:
        # A file is looked at before it is adopted; in between, who made it could put a link there.
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            file = os.open(self._path, flags)
        except (FileNotFoundError, NotADirectoryError):
            raise ObjectNotFound(self._key) from None
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            raise ObjectNotFound(self._key) from None
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise ObjectNotFound(self._key)
        return file


def _pread(file: int, size: int, start: int) -> bytes:
    chunks = []
    while size > 0 and (chunk := os.pread(file, size, start)):
        chunks.append(chunk)
        start += len(chunk)
        size -= len(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
