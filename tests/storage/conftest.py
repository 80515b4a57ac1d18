"""A store in a folder of its own, and ways to look at what it keeps."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage import LocalStorage

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
