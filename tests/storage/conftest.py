"""A store in a folder of its own, and ways to look at what it keeps."""

import hashlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import pytest

from storage import LocalStorage

ROOT = Path(__file__).parents[2]
Body = Callable[..., AsyncIterator[bytes]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def store(root: Path) -> LocalStorage:
    return LocalStorage(root)


@pytest.fixture
def body() -> Body:
    async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return chunks


@pytest.fixture
def files(root: Path) -> Callable[[], set[str]]:
    """Every file below the root, debris included."""
    return lambda: {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def kill_at_moments(program: str, root: Path) -> None:
    """Let a program write into a store, and kill it: several times, later each time."""
    for pause in (0.0, 0.013, 0.029, 0.041):
        writer = subprocess.Popen(
            [sys.executable, "-c", program, str(root)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + pause)
        writer.kill()
        writer.wait()
        writer.stdout.close()


def require_whole(files: Iterable[Path]) -> None:
    """Of files that are called like their hash: there are some, and each is as it was meant."""
    kept = list(files)
    assert kept
    for path in kept:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
