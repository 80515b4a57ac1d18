"""The data folder: writable, with room, and used by one server at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.settings import Settings
from server.start_error import StartError

LEAST_BYTES = 64 * 1024**2  # below this not even the database has room to work


class DataFolderRefused(StartError):
    """The folder cannot be used."""


@contextmanager
def claimed(settings: Settings) -> Iterator[None]:
    """Make the folder ready and hold it for as long as this server runs."""
    try:
        for folder in (settings.data_dir, settings.run_dir, settings.work_dir):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe_writable(settings.data_dir)
    except OSError as error:
        raise DataFolderRefused(
            f"The data folder {settings.data_dir} cannot be written ({error.strerror}). "
            "Choose another with --data or HOULE_DATA_DIR, or change its owner."
        ) from error
    free = shutil.disk_usage(settings.data_dir).free
    if free < LEAST_BYTES:
        raise DataFolderRefused(
            f"The disk of {settings.data_dir} is full: {free // 1024**2} MiB are free. "
            "Make room, or choose another folder with --data."
        )
    with _held(settings.run_dir / "serve.lock"):
        yield


def probe_writable(folder: Path) -> None:
    """Write a byte, since permissions alone do not tell (read-only mounts, quotas)."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-") as file:
        file.write(b"\0")


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise DataFolderRefused(
                f"Another houle serve (process {file.read().strip() or 'unknown'}) uses "
                f"{lock.parent.parent}. Stop it, or choose another folder with --data."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
